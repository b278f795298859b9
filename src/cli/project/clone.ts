import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { findSetpriv } from "../../claude/setpriv.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { RepositoryUrl } from "../../core/projects/repository-url.ts";
import { cloneRepository } from "../../git/clone.ts";
import { ExitError } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { createFolder } from "./folder.ts";

/** Clones into a folder that is empty or not there. Nothing of it is left when it fails, or Ctrl-C ends it. */
export async function cloneInto(
  url: RepositoryUrl,
  folder: string,
  { env, explain, onStopSignal }: Pick<Terminal, "env" | "explain" | "onStopSignal">,
): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new CoordError(
      "usage",
      `${folder} is not empty, so nothing can be cloned into it. Choose another --dir.`,
    );
  }
  createFolder(dirname(folder));
  explain(`Cloning ${url.address} into ${folder} …`);
  const stopped = new AbortController();
  const release = onStopSignal(() => stopped.abort(new ExitError(130, "Nothing was changed.")));
  const setpriv = await findSetpriv(env.PATH ?? "");
  try {
    await cloneRepository({
      url,
      into: folder,
      env,
      launcher: setpriv === undefined ? [] : [setpriv, "--pdeathsig", "TERM"],
      timeoutMs: TIMEOUT_MS,
      signal: stopped.signal,
      onProgress: () => {},
    });
  } finally {
    release();
  }
}

/** Who waits at a terminal can end it sooner. */
const TIMEOUT_MS = 60 * 60_000;
