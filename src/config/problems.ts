/** Where something stands in config.yaml; line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** The whole line, as it is in the file. */
  readonly sourceLine: string;
}

/** Something in the configuration that is wrong, or that a person should know. */
export interface Problem {
  /** The file, or the name of an environment variable. */
  readonly source: string;
  readonly place: Place | undefined;
  /** As in `projects[0].channel_id`; empty for the file as a whole. */
  readonly key: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string | undefined;
}

/** The problems as paragraphs for people: place, key, what is wrong, the line with a caret, what to do. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join("\n\n");
}

/** The problem in one line, for the log. */
export function problemLine({ source, place, key, message, advice }: Problem): string {
  const where = place ? `${source}:${place.line}:${place.column}` : source;
  return [where, key, message].filter(Boolean).join(": ") + (advice ? `. ${advice}` : "");
}

function formatProblem(problem: Problem): string {
  const { place, key, advice } = problem;
  const lines = [problemLine({ ...problem, advice: undefined })];
  if (place) {
    // A token may stand on a line without its key.
    const line =
      key === "discord.token" ? `${place.sourceLine.slice(0, place.column - 1)}***` : place.sourceLine;
    // Tabs stay in the caret's line, so that it stands where the terminal puts the column.
    const indent = withoutSecrets(line.slice(0, place.column - 1)).replace(/[^\t]/g, " ");
    const number = String(place.line);
    lines.push(`  ${number} | ${withoutSecrets(line)}`, `  ${" ".repeat(number.length)} | ${indent}^`);
  }
  if (advice) lines.push(`  ${advice}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** The value behind a key whose name speaks of a secret, up to what may follow it on the line; `token_file` is none. */
const SECRET_VALUE =
  /((?:token|secret|password|api_?key|auth)(?:_(?!file)\w*)?["']?\s*:\s*)(?!\s|[|>&{[#])[^#,}]*[^#,}\s]/gi;

/** These paragraphs get into logs and chats, so what looks like a secret is starred out. */
function withoutSecrets(text: string): string {
  return text
    .replace(SECRET_VALUE, "$1***")
    .replace(/\bsk-ant-[\w-]+/g, "***")
    .replace(/[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}/g, "***");
}
