import { constants, type Stats } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import { looksSecret } from "./secret-name.ts";

/** A file that may be sent, and what is in it. */
export interface ReadableFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** Where it really lies, from the folder on that it may be sent from. */
  readonly place: string;
  /** By its name or its place: nobody gets it who was not meant to. */
  readonly looksSecret: boolean;
}

export interface OutgoingRule {
  /** Relative paths start here. Absolute. */
  readonly projectDir: string;
  /** Absolute folders that files may be sent from; those that don't exist count for nothing. */
  readonly roots: readonly string[];
  readonly maxBytes: number;
}

/** Why a file is not sent, in words that Claude can pass on. */
export class NotSendable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "NotSendable";
  }
}

/** Reads a file that Claude wants to send. Throws NotSendable. */
export async function readOutgoingFile(path: string, rule: OutgoingRule): Promise<ReadableFile> {
  const asked = resolve(rule.projectDir, path);
  const real = await realpath(asked).catch((error: NodeJS.ErrnoException) => {
    throw new NotSendable(error.code === "ENOENT" ? "there is no such file" : "it can't be read");
  });
  const places = await placesOf(real, rule);
  const [place] = places;
  if (place === undefined)
    throw new NotSendable("it is outside the project, also if a link in it leads there");
  // Without following a link, and without waiting for the other end of a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(real, flags).catch(() => {
    throw new NotSendable("it can't be read");
  });
  try {
    await requireSame(file, real);
    const bytes = await readBounded(file, rule.maxBytes);
    // A link with an innocent name does not make a secret harmless, and neither does a secret name for other content.
    const isSecret = places.some(looksSecret) || looksSecret(basename(asked));
    return { name: basename(asked), bytes, place, looksSecret: isSecret };
  } finally {
    await file.close();
  }
}

/** Where a file lies in each of the folders that it may be sent from. */
async function placesOf(real: string, { roots }: OutgoingRule): Promise<string[]> {
  const existing = await Promise.all(roots.map((root) => realpath(root).catch(() => undefined)));
  return existing.flatMap((root) => {
    const way = root === undefined ? "" : relative(root, real);
    return way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way) ? [] : [way];
  });
}

/** A folder on the way may have been put in another's place since it was looked at. */
async function requireSame(file: FileHandle, real: string): Promise<void> {
  const opened = await realpath(`/proc/self/fd/${file.fd}`).catch(() => undefined);
  if (opened !== undefined && opened !== real) throw new NotSendable("it changed while it was looked at");
}

async function readBounded(file: FileHandle, maxBytes: number): Promise<Buffer> {
  const facts: Stats = await file.stat();
  if (!facts.isFile()) throw new NotSendable("it is no regular file");
  if (facts.size === 0) throw new NotSendable("it is empty");
  const tooLarge = `it is larger than the ${Math.floor(maxBytes / 1_000_000)} MB that Discord takes`;
  if (facts.size > maxBytes) throw new NotSendable(tooLarge);
  const bytes = await file.readFile();
  if (bytes.length > maxBytes) throw new NotSendable(tooLarge);
  return bytes;
}
