/** What a tool would do, whole, as code to judge it by. */
export interface ToolRequest {
  /** In Markdown, one line: `run a command`. */
  readonly what: string;
  /** What Claude says about it. */
  readonly said: string | undefined;
  readonly code: string;
  /** The language for highlighting, and the end of the file's name where the code is attached. */
  readonly language: string;
}

type Input = Readonly<Record<string, unknown>>;

/** Describes a tool use that somebody must allow. Nothing of its input is left out. */
export function toolRequest(toolName: string, input: Input): ToolRequest {
  const { description, ...rest } = input;
  const said = typeof description === "string" && description.trim() !== "" ? description : undefined;
  if (toolName === "Bash" && isText(input.command)) {
    const { command, ...options } = rest;
    // A time limit or a run in the background is part of what is allowed.
    const more = Object.keys(options).length === 0 ? "" : `\n# with ${JSON.stringify(options)}`;
    return { what: "run a command", said, code: `${command}${more}`, language: "sh" };
  }
  if (
    toolName === "Edit" &&
    isText(input.file_path) &&
    isText(input.old_string) &&
    isText(input.new_string)
  ) {
    const everywhere = input.replace_all === true ? " everywhere in it" : "";
    const code = `${input.file_path}\n${changeOf(input.old_string, input.new_string)}`;
    return { what: `change a file${everywhere}`, said, code, language: "diff" };
  }
  if (toolName === "Write" && isText(input.file_path) && isText(input.content)) {
    const code = `${input.file_path}\n${prefixed("+", input.content)}`;
    return { what: "write a file", said, code, language: "diff" };
  }
  if (toolName === "send_file" && isText(input.place) && isText(input.name)) {
    const link = input.place.endsWith(input.name) ? "" : `${input.name} is a link to `;
    const code = `${link}${input.place} (${String(input.sizeBytes)} bytes)`;
    return { what: "send a file that looks like a secret into this channel", said, code, language: "txt" };
  }
  const code = Object.keys(input).length === 0 ? "" : JSON.stringify(input, undefined, 2);
  return { what: `use ${toolName}`, said: undefined, code, language: "json" };
}

/** Old lines with `-`, new ones with `+`; what both begin or end with is shown once. */
function changeOf(before: string, after: string): string {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  const most = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < most && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  return [
    ...old.slice(0, start).map((line) => ` ${line}`),
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...fresh.slice(start, fresh.length - end).map((line) => `+${line}`),
    ...old.slice(old.length - end).map((line) => ` ${line}`),
  ].join("\n");
}

function prefixed(sign: string, text: string): string {
  return text
    .split("\n")
    .map((line) => `${sign}${line}`)
    .join("\n");
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
