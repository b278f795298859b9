import { findPaths } from "../../config/paths.ts";
import { ExitError } from "../exit.ts";
import { printJson } from "../print-json.ts";
import { turnJson } from "../sessions/session-json.ts";
import type { Terminal } from "../terminal.ts";
import { causes } from "./causes.ts";
import { findError } from "./known-error.ts";
import { printError } from "./print-error.ts";
import { told } from "./told.ts";

/** Prints all that is known under an error id: the turn, why it failed, what the agent did last, what was told. */
export async function showError(id: string, options: { json?: boolean }, terminal: Terminal): Promise<void> {
  const error = await findError(findPaths({ env: terminal.env }), id);
  if (error === undefined) {
    throw new ExitError(
      1,
      `Nothing is known about the error ${id}. To see those there are: claude-coord errors ls`,
    );
  }
  if (!options.json) return printError(error, terminal);
  const { turn, report, log } = error;
  printJson(terminal, {
    error_id: id,
    what: report?.message ?? null,
    causes: causes(report?.fields.error),
    agent: report?.fields.agent ?? [],
    told: told(error) ?? null,
    turn: turn === undefined ? null : turnJson(turn),
    log: log.map(({ line }): unknown => JSON.parse(line)),
  });
}
