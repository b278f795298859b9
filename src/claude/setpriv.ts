import { execFile } from "node:child_process";
import { findExecutable } from "./executable.ts";

/**
 * The path of a `setpriv` that can have the kernel end a program when its parent dies, as util-linux has it; undefined
 * when there is none. BusyBox has one of the same name that can't.
 */
export async function findSetpriv(path: string): Promise<string | undefined> {
  const setpriv = await findExecutable("setpriv", path);
  if (setpriv === undefined) return undefined;
  const works = await new Promise<boolean>((resolve) => {
    const settings = { env: { PATH: path }, timeout: TIMEOUT_MS } as const;
    execFile(setpriv, ["--pdeathsig", "TERM", "true"], settings, (error) => resolve(error === null));
  });
  return works ? setpriv : undefined;
}

const TIMEOUT_MS = 5000;
