import { auditFiles } from "../../audit/audit-files.ts";
import { auditLines } from "../../audit/audit-lines.ts";
import { type AuditRecord, readRecord } from "../../audit/chain.ts";
import { findPaths } from "../../config/paths.ts";
import { sinceMs } from "../logs/since.ts";
import type { Terminal } from "../terminal.ts";
import { recordText } from "./record-text.ts";

export interface ShowAuditOptions {
  readonly lines?: number;
  readonly since?: string;
  readonly user?: string;
  readonly type?: string;
  readonly json?: boolean;
}

const DEFAULT_LINES = 50;

/** Prints the wanted records of the audit log and its full files, oldest first; as JSON, the lines as they stand. */
export async function showAudit(options: ShowAuditOptions, terminal: Terminal): Promise<void> {
  const { audit: file } = findPaths({ env: terminal.env });
  const since = sinceMs(options.since, Date.now()) ?? Number.NEGATIVE_INFINITY;
  const isWanted = ({ time, type, user_id: userId }: AuditRecord) =>
    Date.parse(time) >= since &&
    (options.type === undefined || type === options.type) &&
    (options.user === undefined || userId === options.user);
  const asked = options.since !== undefined || options.user !== undefined || options.type !== undefined;
  const count = options.lines ?? (asked ? Number.POSITIVE_INFINITY : DEFAULT_LINES);

  let last: string[] = [];
  for await (const { text } of auditLines(file)) {
    const line = text.toString();
    const record = readRecord(line);
    // What is no record is for `audit verify` to tell.
    if (record === undefined || !isWanted(record)) continue;
    last.push(options.json ? line : recordText(record, terminal.stdout));
    // Cut now and then, not each time: there may be a million.
    if (last.length > 2 * count) last = last.slice(-count);
  }
  for (const line of count === 0 ? [] : last.slice(-count)) terminal.stdout.write(`${line}\n`);
  if (auditFiles(file).length === 0)
    terminal.explain(`There is no ${file} yet: the bot has not run for this user.`);
}
