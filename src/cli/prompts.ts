import { CoordError } from "../core/operations/errors.ts";
import { ExitError } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
  /** More about it, shown while it is the one under the cursor. */
  readonly description?: string | undefined;
}

/** What a search offers for what was typed so far; Tab completes to the name of the one under the cursor. */
export type Search<Value extends string> = (typed: string) => Promise<readonly Choice<Value>[]>;

/** Questions to the person at the terminal. Ctrl-C at any of them ends the command with exit code 130. */
export interface Prompts {
  /** `check` returns what is wrong with an answer, or undefined. */
  text(
    message: string,
    options?: { suggestion?: string | undefined; check?: (answer: string) => string | undefined },
  ): Promise<string>;
  /** What is typed does not show. */
  secret(message: string, check?: (answer: string) => string | undefined): Promise<string>;
  choose<Value extends string>(
    message: string,
    choices: readonly Choice<Value>[],
    suggestion?: Value | undefined,
  ): Promise<Value>;
  search<Value extends string>(message: string, source: Search<Value>, typed?: string): Promise<Value>;
  confirm(message: string, suggestion?: boolean): Promise<boolean>;
}

/** The one seam to the library that asks; it is loaded when the first question is asked. */
export function createPrompts(terminal: Terminal): Prompts {
  // Questions are talk: what stands on stdout may be read by a program.
  const context = { input: terminal.stdin, output: terminal.stderr };
  return {
    text: (message, { suggestion, check } = {}) =>
      answered(async () => {
        const { input } = await import("@inquirer/prompts");
        const validate = (answer: string) => check?.(answer.trim()) ?? true;
        const suggested = suggestion === undefined ? {} : { default: suggestion };
        return (await input({ message, validate, required: true, ...suggested }, context)).trim();
      }),
    secret: (message, check) =>
      answered(async () => {
        const { password } = await import("@inquirer/prompts");
        const validate = (answer: string) => check?.(answer.trim()) ?? true;
        return (await password({ message, mask: true, validate }, context)).trim();
      }),
    choose: (message, choices, suggestion) =>
      answered(async () => {
        const { select } = await import("@inquirer/prompts");
        const suggested = suggestion === undefined ? {} : { default: suggestion };
        return select({ message, choices: choices.map(withoutUndefined), ...suggested }, context);
      }),
    search: (message, source, typed) =>
      answered(async () => {
        const { search } = await import("@inquirer/prompts");
        const found = async (term: string | undefined) => (await source(term ?? "")).map(withoutUndefined);
        const initial = typed === undefined ? {} : { initialValue: typed };
        return search({ message, source: found, pageSize: 10, ...initial }, context);
      }),
    confirm: (message, suggestion = false) =>
      answered(async () => {
        const { confirm } = await import("@inquirer/prompts");
        return confirm({ message, default: suggestion }, context);
      }),
  };
}

function withoutUndefined<Value extends string>({ value, name, description }: Choice<Value>) {
  return { value, name, ...(description === undefined ? {} : { description }) };
}

/** The flag's value, or what the person at the terminal answers. Throws usage where nobody can be asked. */
export async function valueOrAsk(
  terminal: Terminal,
  value: string | undefined,
  flag: string,
  ask: (prompts: Prompts) => Promise<string>,
): Promise<string> {
  if (value !== undefined) return value;
  if (!terminal.isInteractive) {
    throw new CoordError("usage", `${flag} is missing, and there is no terminal to ask for it.`);
  }
  return ask(createPrompts(terminal));
}

/** Goes on if `yes` was given or the person agrees; ends the command with nothing changed otherwise. */
export async function agreeOrEnd(
  terminal: Terminal,
  yes: boolean | undefined,
  question: string,
): Promise<void> {
  if (yes) return;
  if (!terminal.isInteractive) {
    throw new CoordError("usage", "This asks first, and there is no terminal to ask. Give --yes to agree.");
  }
  if (!(await createPrompts(terminal).confirm(question))) throw new ExitError(1, NOTHING_CHANGED);
}

const NOTHING_CHANGED = "Nothing was changed.";

/** As a shell reports a program that Ctrl-C ended. */
const INTERRUPTED = 130;

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") {
      throw new ExitError(INTERRUPTED, NOTHING_CHANGED);
    }
    throw error;
  }
}
