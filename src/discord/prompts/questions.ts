/** A question of Claude's own, as AskUserQuestion asks it. */
export interface ClaudeQuestion {
  readonly question: string;
  readonly header: string;
  readonly multiSelect: boolean;
  readonly options: readonly { readonly label: string; readonly description: string }[];
}

/** Each question takes a row of the message, and one is left for the button that sends the answers. */
const MAX_QUESTIONS = 4;
/** A menu holds 25; one of them is "Other…". */
const MAX_OPTIONS = 24;

/** The questions of an AskUserQuestion, or undefined when a message can't ask them. */
export function questionsOf(input: Readonly<Record<string, unknown>>): readonly ClaudeQuestion[] | undefined {
  if (!Array.isArray(input.questions)) return undefined;
  const questions = input.questions.map(questionOf);
  if (questions.length === 0 || questions.length > MAX_QUESTIONS) return undefined;
  return questions.every((each) => each !== undefined) ? questions : undefined;
}

function questionOf(value: unknown): ClaudeQuestion | undefined {
  if (!isRecord(value) || typeof value.question !== "string" || !Array.isArray(value.options))
    return undefined;
  const options = value.options.map(optionOf);
  if (options.length > MAX_OPTIONS || !options.every((each) => each !== undefined)) return undefined;
  return {
    question: value.question,
    header: typeof value.header === "string" ? value.header : "",
    multiSelect: value.multiSelect === true,
    options,
  };
}

function optionOf(value: unknown): ClaudeQuestion["options"][number] | undefined {
  if (!isRecord(value) || typeof value.label !== "string" || value.label === "") return undefined;
  return { label: value.label, description: typeof value.description === "string" ? value.description : "" };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
