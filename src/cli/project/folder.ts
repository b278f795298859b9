import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Environment } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";

/** What is wrong with the address of a repository; undefined for one that git can clone. */
export function cloneUrlProblem(url: string): string | undefined {
  // What git would take for a flag, or for a program to run (`ext::…`), is no address.
  if (/^(https?|ssh|git|file):\/\/[^\s-]/.test(url) || /^\/[^\s]/.test(url)) return undefined;
  if (/^[\w.][\w.-]*@[\w.][\w.-]*:[^\s]+$/.test(url)) return undefined;
  return "expected an address such as https://github.com/me/api.git or git@github.com:me/api.git";
}

/** Makes a folder and what is missing above it. Returns the topmost that was made; undefined if it was there. */
export function createFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new CoordError("home_unwritable", `${folder} can't be made: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

/** Clones a repository into a folder that is empty or not there; what git made of it is gone again if it fails. */
export async function cloneRepository(
  url: string,
  folder: string,
  { env, isInteractive }: { env: Environment; isInteractive: boolean },
): Promise<void> {
  const wrong = cloneUrlProblem(url);
  if (wrong !== undefined) throw new CoordError("usage", `${url} can't be cloned: ${wrong}.`);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new CoordError(
      "usage",
      `${folder} is not empty, so nothing can be cloned into it. Choose another --dir.`,
    );
  }
  createFolder(dirname(folder));
  const { code, said } = await git(["clone", "--quiet", "--", url, folder], {
    ...env,
    GIT_ALLOW_PROTOCOL: "https:http:ssh:git:file",
    // A question for a password would wait for ever where nobody sees it.
    GIT_TERMINAL_PROMPT: isInteractive ? "1" : "0",
  });
  if (code !== 0) throw new CoordError("usage", `git could not clone it:\n${said}`);
}

function git(args: readonly string[], env: Environment): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    // git asks for a password at the terminal itself.
    const child = spawn("git", [...args], { env: { ...env }, stdio: ["inherit", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once("error", (error) => resolve({ code: 127, said: error.message }));
    child.once("close", (code) => resolve({ code, said: said.trim() }));
  });
}
