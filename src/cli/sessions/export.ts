import { writeFileSync } from "node:fs";
import { checkConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import { secretsOf } from "../../config/secrets.ts";
import { sessionMarkdown } from "../../core/history/session-markdown.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { createRedactor, type Redactor } from "../../core/secrets/redactor.ts";
import { createHistory } from "../../sqlite/history.ts";
import { localTime } from "../local-time.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { findSession, noSession } from "./find-session.ts";

export interface ExportOptions {
  readonly output?: string;
}

/** Writes a session's questions and answers as Markdown, without secrets, to stdout or to a new file of mode 0600. */
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
  const shown = redactorOf(paths.config, terminal).mask(markdown).text;
  if (output === undefined) terminal.stdout.write(shown);
  else {
    writeNew(output, shown);
    terminal.explain(`Wrote ${output}.`);
  }
}

/** Questions are kept as they were asked; what is exported is passed on, so that it holds as little as an answer does. */
function redactorOf(path: string, { env }: Terminal): Redactor {
  const checked = checkConfig({ path, env, needsToken: false });
  const secrets = checked.ok ? secretsOf(checked.config) : [];
  const hidesLooks = !checked.ok || checked.config.redact === "all";
  return createRedactor({ secrets: () => secrets, hidesLooks: () => hidesLooks });
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
