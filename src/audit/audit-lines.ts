import { createReadStream } from "node:fs";
import { auditFiles } from "./audit-files.ts";

/** A line of an audit log, and where it stands. */
export interface AuditLine {
  readonly file: string;
  /** Counts from 1. */
  readonly number: number;
  /** Without its newline; bytes, since the hash is of them. */
  readonly text: Buffer;
  /** False when it has no newline. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;

/** All lines of an audit log, oldest first. */
export async function* auditLines(file: string): AsyncGenerator<AuditLine> {
  for (const each of auditFiles(file)) {
    let number = 0;
    let rest = Buffer.alloc(0);
    for await (const chunk of createReadStream(each) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
        number += 1;
        yield { file: each, number, text: Buffer.concat([rest, chunk.subarray(from, to)]), isWhole: true };
        rest = Buffer.alloc(0);
        from = to + 1;
      }
      rest = Buffer.concat([rest, chunk.subarray(from)]);
    }
    if (rest.length > 0) yield { file: each, number: number + 1, text: rest, isWhole: false };
  }
}
