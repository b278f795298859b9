import { createHash } from "node:crypto";

/** What happened, as it is written down. The names of the fields are those of the log. */
export interface AuditEntry {
  /** `turn_accepted`, `permission_decided` … */
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A line of the audit log. */
export interface AuditRecord {
  /** Counts from 1 over all files. */
  readonly seq: number;
  /** ISO 8601. */
  readonly time: string;
  readonly type: string;
  /** SHA-256 of the line before, without its newline, in hexadecimal; zeros in the first. */
  readonly prev: string;
  readonly [field: string]: unknown;
}

/** The end of the chain: what the next record is linked to. */
export interface ChainHead {
  readonly seq: number;
  /** Of the line that ends it. */
  readonly hash: string;
}

/** Before the first record. */
export const CHAIN_START: ChainHead = { seq: 0, hash: "0".repeat(64) };

export function hashOf(line: string | Buffer): string {
  return createHash("sha256").update(line).digest("hex");
}

/** The line of an entry, without its newline, and the head behind it. */
export function linked(
  head: ChainHead,
  { type, fields }: AuditEntry,
  atMs: number,
): { readonly line: string; readonly head: ChainHead } {
  const seq = head.seq + 1;
  // `prev` last: what people read stands before it.
  const line = JSON.stringify({ seq, time: new Date(atMs).toISOString(), type, ...fields, prev: head.hash });
  return { line, head: { seq, hash: hashOf(line) } };
}

/** The record in a line; undefined for a line that was not written whole, or by something else. */
export function readRecord(line: string): AuditRecord | undefined {
  try {
    const record = JSON.parse(line) as Partial<AuditRecord> | null;
    const isRecord =
      typeof record === "object" &&
      Number.isSafeInteger(record?.seq) &&
      typeof record?.time === "string" &&
      typeof record.type === "string" &&
      typeof record.prev === "string";
    return isRecord ? (record as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}
