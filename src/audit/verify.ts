import { basename } from "node:path";
import { type AuditLine, auditLines } from "./audit-lines.ts";
import { CHAIN_START, type ChainHead, hashOf, readRecord } from "./chain.ts";

/** Where a log is not as it was written. */
export interface AuditProblem {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly what: string;
}

export interface Verification {
  /** In the order of the log: the first is where the chain breaks. */
  readonly problems: readonly AuditProblem[];
  readonly records: number;
  readonly files: number;
  /** The end of the chain: who keeps it elsewhere can tell later whether the log still begins the same. */
  readonly head: ChainHead;
  /** How many of the heads that were noted are in the chain. */
  readonly notedFound: number;
}

/**
 * Follows the chain through all files of an audit log. `noted`: heads that were written down elsewhere; each must still
 * be in it, which also shows when the last records are gone.
 */
export async function verifyAudit(file: string, noted: readonly ChainHead[] = []): Promise<Verification> {
  const problems: AuditProblem[] = [];
  const files = new Set<string>();
  let head: ChainHead | undefined;
  let begins = CHAIN_START;
  let records = 0;
  let notedFound = 0;
  let last: AuditLine | undefined;

  for await (const line of auditLines(file)) {
    const problem = (what: string) =>
      void problems.push({ file: basename(line.file), line: line.number, what });
    files.add(line.file);
    last = line;
    const hash = hashOf(line.text);
    const record = readRecord(line.text.toString());
    if (!line.isWhole) problem(NOT_WHOLE);
    else if (record === undefined) problem("this line is no record");
    else {
      records += 1;
      if (head === undefined) {
        begins = { seq: record.seq - 1, hash: record.prev };
        if (!isKnown(begins, noted)) problem(gap(1, record.seq));
      } else if (record.seq > head.seq + 1) problem(gap(head.seq + 1, record.seq));
      else if (record.prev !== head.hash) problem(CHANGED);
      else if (record.seq !== head.seq + 1)
        problem(`record ${record.seq} stands where ${head.seq + 1} belongs`);
      for (const each of noted.filter(({ seq }) => seq === record.seq)) {
        if (each.hash === hash) notedFound += 1;
        else problem(`record ${record.seq} is not the one whose hash was noted`);
      }
    }
    head = { seq: record?.seq ?? head?.seq ?? 0, hash };
  }

  const end = head ?? CHAIN_START;
  const latest = Math.max(0, ...noted.map(({ seq }) => seq));
  if (latest > end.seq) {
    const where = { file: basename(last?.file ?? file), line: last?.number ?? 0 };
    problems.push({ ...where, what: `the log ended with record ${latest} once, and now with ${end.seq}` });
  }
  return { problems, records, files: files.size, head: end, notedFound };
}

const NOT_WHOLE =
  "the last line is not whole: the machine went down while it was written, or it was cut; the next start notes it";
const CHANGED = "the line before this one is not the one that was written";

/** The log may begin where nothing is before it, or at a head that somebody has noted. */
function isKnown(begins: ChainHead, noted: readonly ChainHead[]): boolean {
  return [CHAIN_START, ...noted].some(({ seq, hash }) => seq === begins.seq && hash === begins.hash);
}

function gap(expected: number, found: number): string {
  const last = found - 1;
  return expected >= last
    ? `record ${last} is missing before this one`
    : `records ${expected} to ${last} are missing before this one`;
}
