import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { auditFiles, fullFileName } from "./audit-files.ts";
import { type AuditEntry, CHAIN_START, type ChainHead, hashOf, linked, readRecord } from "./chain.ts";
import { type FileEnd, readFileEnd } from "./file-end.ts";

export interface AuditLogOptions {
  /** `audit.jsonl`; full ones stand beside it. */
  readonly file: string;
  readonly now: () => number;
  /** The log can't be written (the first time of several), or it can be again. */
  readonly onState: (state: "failing" | "working", error?: unknown) => void;
  /** A file that would grow larger than this is full. */
  readonly maxBytes?: number;
}

export interface AuditLog {
  /** Never throws: what happened has happened, written down or not. How many records are missing is written later. */
  append(entry: AuditEntry): void;
  /** What it tells is on the disk. */
  head(): ChainHead;
  close(): void;
}

const MAX_BYTES = 10 * 1024 * 1024;
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

interface OpenFile {
  readonly descriptor: number;
  size: number;
}

/**
 * Appends to the audit log; one process does at a time. Each record is with the system when the call returns, so that
 * it outlives a kill, and on the disk a moment later. The head is kept here: whoever changes the file meanwhile breaks
 * the chain.
 */
export function openAuditLog({ file, now, onState, maxBytes = MAX_BYTES }: AuditLogOptions): AuditLog {
  let head: ChainHead | undefined;
  let open: OpenFile | undefined;
  let lost = 0;

  const write = (target: OpenFile, entry: AuditEntry) => {
    const next = linked(head ?? CHAIN_START, entry, now());
    writeWhole(target, Buffer.from(`${next.line}\n`));
    head = next.head;
  };

  /** Opens the file and takes up the chain where it ends, unless this process knows better. */
  const opened = (): OpenFile => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const descriptor = openSync(file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    try {
      if ((fstatSync(descriptor).mode & 0o077) !== 0) fchmodSync(descriptor, 0o600);
      const cut = mended(descriptor);
      head ??= headOf(readFileEnd(descriptor), file);
      const target = { descriptor, size: fstatSync(descriptor).size };
      if (cut !== undefined) write(target, { type: "line_cut", fields: cut });
      return target;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  };

  const rotated = (target: OpenFile): OpenFile => {
    const full = fullFileName(file, head?.seq ?? 0);
    // Only somebody else can have made it; nothing is ever written over.
    if (existsSync(full)) return target;
    renameSync(file, full);
    closeSync(target.descriptor);
    open = undefined;
    return opened();
  };

  /** The file, as it was left; what was done to it meanwhile is written down too. */
  const ready = (bytes: number): OpenFile => {
    const before = open;
    if (before !== undefined && !isStill(file, before)) {
      closeSync(before.descriptor);
      open = undefined;
    }
    open ??= opened();
    if (before !== undefined && (before !== open || fstatSync(open.descriptor).size !== open.size)) {
      open.size = fstatSync(open.descriptor).size;
      write(open, { type: "file_changed", fields: { by: "somebody else" } });
    }
    if (open.size > 0 && open.size + bytes > maxBytes) open = rotated(open);
    return open;
  };

  return {
    append: (entry) => {
      try {
        const target = ready(linked(head ?? CHAIN_START, entry, now()).line.length + 1);
        if (lost > 0) write(target, { type: "records_lost", fields: { lost } });
        if (lost > 0) onState("working");
        lost = 0;
        write(target, entry);
        sync(target.descriptor);
      } catch (error) {
        lost += 1;
        if (lost === 1) onState("failing", error);
      }
    },
    head: () => {
      if (open !== undefined) fdatasyncSync(open.descriptor);
      return head ?? CHAIN_START;
    },
    close: () => {
      if (open !== undefined) closeSync(open.descriptor);
      open = undefined;
    },
  };
}

/** A record that only lacks its newline gets it; of any other line that was not written whole, nothing stays. */
function mended(descriptor: number): { bytes: number; sha256: string } | undefined {
  const { size, line, isWhole } = readFileEnd(descriptor);
  if (isWhole || line === undefined) return undefined;
  if (readRecord(line.toString()) !== undefined) {
    writeSync(descriptor, "\n");
    return undefined;
  }
  ftruncateSync(descriptor, size - line.length);
  return { bytes: line.length, sha256: hashOf(line) };
}

/** An empty file goes on where the newest full one ended. */
function headOf({ line }: FileEnd, file: string): ChainHead {
  if (line !== undefined) return headAt(line, file);
  const full = auditFiles(file).findLast((each) => each !== file);
  if (full === undefined) return CHAIN_START;
  const descriptor = openSync(full, "r");
  try {
    const { line: last } = readFileEnd(descriptor);
    return last === undefined ? CHAIN_START : headAt(last, full);
  } finally {
    closeSync(descriptor);
  }
}

/** The numbers go on behind a line that is no record, and the chain shows it. */
function headAt(line: Buffer, file: string): ChainHead {
  const hash = hashOf(line);
  const record = readRecord(line.toString());
  if (record !== undefined) return { seq: record.seq, hash };
  const records = readFileSync(file, "utf8").split("\n").map(readRecord);
  return { seq: records.findLast((each) => each !== undefined)?.seq ?? 0, hash };
}

/** A disk that is just full takes a part: half a line would spoil the next one too. */
function writeWhole(target: OpenFile, bytes: Buffer): void {
  const written = writeSync(target.descriptor, bytes);
  if (written === bytes.length) {
    target.size += written;
    return;
  }
  ftruncateSync(target.descriptor, target.size);
  throw Object.assign(new Error("there is no room for a record"), { code: "ENOSPC" });
}

function isStill(file: string, { descriptor }: OpenFile): boolean {
  const named = statSync(file, { throwIfNoEntry: false });
  const opened = fstatSync(descriptor);
  return named !== undefined && named.ino === opened.ino && named.dev === opened.dev;
}

/** On the disk soon, and nobody waits for it: only a power cut can take the last moment. */
function sync(descriptor: number): void {
  fdatasync(descriptor, () => {});
}
