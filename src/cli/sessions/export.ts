import { writeFileSync } from "node:fs";
import { findPaths } from "../../config/paths.ts";
import { sessionMarkdown } from "../../core/history/session-markdown.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { createHistory } from "../../sqlite/history.ts";
import { localTime } from "../local-time.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { findSession, noSession } from "./find-session.ts";

export interface ExportOptions {
  readonly output?: string;
}

/** Writes a session's questions and answers as Markdown, to stdout or to a new file of mode 0600. */
export async function exportSession(
  word: string,
  { output }: ExportOptions,
  terminal: Terminal,
): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const markdown = await withDatabase(paths, (db) => {
    const history = createHistory(db);
    const session = findSession(history, word);
    return sessionMarkdown(session, history.turnsOf(session), localTime);
  });
  if (markdown === undefined) throw noSession(word);
  if (output === undefined) terminal.stdout.write(markdown);
  else {
    writeNew(output, markdown);
    terminal.explain(`Wrote ${output}.`);
  }
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === "EEXIST";
    const why = exists ? "it is there already" : (cause as Error).message;
    throw new CoordError("usage", `${file} can't be written: ${why}.`, { cause });
  }
}
