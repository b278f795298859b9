import type { ChainHead } from "../../audit/chain.ts";
import { verifyAudit } from "../../audit/verify.ts";
import { findPaths } from "../../config/paths.ts";
import { ExitError } from "../exit.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import { headsInLog } from "./heads-in-log.ts";

export interface VerifyAuditOptions {
  readonly head?: readonly ChainHead[];
  readonly json?: boolean;
}

/** Follows the audit log's chain and says where it breaks first. Ends with 1 if it does. */
export async function verify(options: VerifyAuditOptions, terminal: Terminal): Promise<void> {
  const { audit: file, log } = findPaths({ env: terminal.env });
  // Before the chain is read: a bot that runs adds to it.
  const noted = [...(options.head ?? []), ...(await headsInLog(log))];
  const found = await verifyAudit(file, noted);
  const { problems, records, files, head, notedFound } = found;
  const [first, ...more] = problems;
  if (options.json) printJson(terminal, { ok: first === undefined, ...found, noted: noted.length });
  else {
    const { stdout } = terminal;
    if (first !== undefined) {
      stdout.write(`broken: ${first.file}, line ${first.line}: ${first.what}\n`);
      if (more.length > 0) stdout.write(`and ${more.length} more after that (--json has them)\n`);
    } else if (records === 0) {
      stdout.write(`no records: there is no ${file} yet\n`);
    } else {
      stdout.write(
        `whole: ${count(records, "record")} in ${count(files, "file")}, each follows the one before\n`,
      );
    }
    if (records > 0) {
      stdout.write(`end of the chain: ${head.seq}:${head.hash}\n`);
      stdout.write(`${notedFound} of ${noted.length} ends that were noted are in it\n`);
      terminal.explain(HONESTLY);
    }
  }
  if (first !== undefined) throw new ExitError(1);
}

const HONESTLY =
  "A chain shows that a record was changed, left out or put in. It can't show that somebody who may write these files\n" +
  "wrote all of them anew, or took away the last records and the log's notes of them: keep an end of the chain where\n" +
  "they can't write (the journal has one every hour) and give it with --head.";

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
