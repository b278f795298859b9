import { findPaths } from "../../config/paths.ts";
import type { SessionRecord } from "../../core/history/history.ts";
import { createHistory } from "../../sqlite/history.ts";
import { dollars } from "../amounts.ts";
import { localTime } from "../local-time.ts";
import { printJson } from "../print-json.ts";
import { type Column, printTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { sessionJson } from "./session-json.ts";

export interface ListOptions {
  readonly project?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Prints the sessions, the latest active first. */
export async function listSessions({ project, all, json }: ListOptions, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const print = (sessions: Iterable<SessionRecord>) => {
    if (json) printJson(terminal, Array.from(sessions, sessionJson));
    return json || printTable(terminal, all ? [...COLUMNS, ENDED] : COLUMNS, sessions);
  };
  const hasPrinted = await withDatabase(paths, (db) =>
    print(createHistory(db).sessions({ project, past: all })),
  );
  if (!(hasPrinted ?? print([])))
    terminal.explain("No sessions yet: the first message in a channel begins one.");
}

const COLUMNS: readonly Column<SessionRecord>[] = [
  { title: "PROJECT", value: ({ projectName }) => projectName },
  { title: "CHANNEL", value: ({ conversationId }) => conversationId, whole: true },
  { title: "SESSION", value: ({ sessionId }) => sessionId },
  { title: "NAME", value: ({ title }) => title ?? "-" },
  { title: "MESSAGES", value: ({ messageCount }) => String(messageCount), align: "right" },
  { title: "COST", value: ({ costUsd }) => dollars(costUsd), align: "right" },
  { title: "LAST ACTIVE", value: ({ lastActiveMs }) => localTime(lastActiveMs), whole: true },
];

const ENDED: Column<SessionRecord> = {
  title: "ENDED",
  value: ({ ended }) => (ended === undefined ? "-" : `${localTime(ended.atMs)} ${ended.reason}`),
};
