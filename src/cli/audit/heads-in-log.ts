import type { ChainHead } from "../../audit/chain.ts";
import { AUDIT_HEAD } from "../../daemon/operations/audit-head.ts";
import { logLines } from "../logs/log-files.ts";
import { readLogRecord } from "../logs/log-record.ts";

/** The ends of the audit log's chain that the bot has noted in its log. */
export async function headsInLog(log: string): Promise<ChainHead[]> {
  const heads: ChainHead[] = [];
  for await (const line of logLines(log)) {
    if (!line.includes(AUDIT_HEAD)) continue;
    const { message, fields } = readLogRecord(line);
    const { record: seq, sha256: hash } = fields;
    if (message === AUDIT_HEAD && typeof seq === "number" && typeof hash === "string")
      heads.push({ seq, hash });
  }
  return heads;
}
