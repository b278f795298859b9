import { open, rename, rm } from "node:fs/promises";

export interface DownloadOptions {
  readonly url: string;
  /** Origins that may be asked; anything else is refused before a request is made. */
  readonly origins: ReadonlySet<string>;
  /** Absolute path; there is no file of that name yet. */
  readonly path: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Where Discord serves attachments from. */
export const DISCORD_ORIGINS = ["https://cdn.discordapp.com", "https://media.discordapp.net"];

/** Why a file was not fetched, in words for Claude. `gone`: the address has expired. */
export class DownloadRefused extends Error {
  readonly gone: boolean;

  constructor(reason: string, options: { gone?: boolean; cause?: unknown } = {}) {
    super(reason, { cause: options.cause });
    this.name = "DownloadRefused";
    this.gone = options.gone ?? false;
  }
}

/**
 * Fetches a file and returns its size. It stands under its name only when it is whole. Throws DownloadRefused, the
 * error of the file system, or the signal's reason when that is aborted.
 */
export async function download(options: DownloadOptions): Promise<number> {
  const { url, origins, path, maxBytes, timeoutMs, signal } = options;
  if (!URL.canParse(url) || !origins.has(new URL(url).origin)) {
    throw new DownloadRefused("it is not at an address of Discord's");
  }
  const partial = `${path}.part`;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    // A redirect could lead to an address that only this machine can reach.
    const response = await fetch(url, { redirect: "error", signal: limit });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const gone = response.status === 403 || response.status === 404;
      throw new DownloadRefused(`Discord answered ${response.status}`, { gone });
    }
    const size = await writeBody(response.body, partial, maxBytes);
    await rename(partial, path);
    return size;
  } catch (error) {
    await rm(partial, { force: true });
    signal.throwIfAborted();
    // A full disk, for one, is no matter of Discord's.
    if (error instanceof DownloadRefused || (error instanceof Error && "syscall" in error)) throw error;
    const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
    throw new DownloadRefused(isTimeout ? "it took too long" : "the connection failed", { cause: error });
  }
}

async function writeBody(
  body: NonNullable<Response["body"]>,
  path: string,
  maxBytes: number,
): Promise<number> {
  await using file = await open(path, "w", 0o600);
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Counted, since what the server says of the length need not be so.
    if (size > maxBytes) throw new DownloadRefused("it is too large");
    await file.write(chunk);
  }
  return size;
}
