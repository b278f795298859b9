import { CoordError } from "../../core/operations/errors.ts";
import { createPrompts, type Prompts } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";

export interface Question<T> {
  /** The flag's value. */
  readonly given: T | undefined;
  /** What to give when nobody can be asked. */
  readonly flag: string;
  /** What --yes answers; undefined where only a person knows. */
  readonly recommended?: T | undefined;
  readonly ask: (prompts: Prompts) => Promise<T>;
}

/** Gets answers: from a flag, from the person at the terminal, or, with --yes, what is recommended. */
export interface Asker {
  /** Whether a person is asked. */
  readonly asks: boolean;
  readonly prompts: Prompts;
  answer<T>(question: Question<T>): Promise<T>;
}

export function createAsker(terminal: Terminal, yes: boolean | undefined): Asker {
  const asks = terminal.isInteractive && !yes;
  const prompts = createPrompts(terminal);
  return {
    asks,
    prompts,
    answer: async ({ given, flag, recommended, ask }) => {
      if (given !== undefined) return given;
      if (asks) return ask(prompts);
      if (yes && recommended !== undefined) return recommended;
      throw new CoordError(
        "usage",
        yes
          ? `${flag} is missing: there is nothing that --yes could answer for you.`
          : `${flag} is missing, and there is no terminal to ask${recommended === undefined ? "" : "; or give --yes for what is recommended"}.`,
      );
    },
  };
}
