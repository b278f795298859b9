import {
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { createConfig, type Owner } from "../../config/create.ts";
import { editConfig } from "../../config/edit.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { ExitError } from "../exit.ts";
import { cloneInto } from "../project/clone.ts";
import { createFolder } from "../project/folder.ts";
import { addUserCommand, findAccount } from "../service/account.ts";
import { mustRun } from "../service/run-command.ts";
import { SERVICE_DEFAULTS } from "../service/service-options.ts";
import type { Terminal } from "../terminal.ts";
import type { Place } from "./place.ts";
import { NEW_CONFIG, type Plan, plannedConfig } from "./plan.ts";

/**
 * Carries the plan out: folder, user, token, config, in this order, so that a config that is there is whole and true.
 * What was made is taken away again when a later step fails or Ctrl-C ends it; a user that was made stays.
 */
export async function writePlan(
  plan: Plan,
  place: Place,
  { token, terminal }: { token: string | undefined; terminal: Terminal },
): Promise<void> {
  const undo: (() => void)[] = [];
  let stopped = false;
  const release = terminal.onStopSignal(() => {
    stopped = true;
  });
  try {
    const { made, remove } = await makeFolder(plan, terminal);
    undo.push(remove);
    if (stopped) throw new ExitError(130, "Nothing was changed.");
    const owner = await makeUser(place);
    // With the folders above it that were made: the first project makes /opt/projects, where /add-project puts others.
    if (owner !== undefined && made !== undefined) giveAll(made, owner);
    if (token !== undefined && plan.configToken === undefined) undo.push(keepToken(token));
    const where = { path: place.paths.config, env: place.env, needsToken: false };
    if (place.existing === undefined) await createConfig(where, plannedConfig(NEW_CONFIG, plan), owner);
    else await editConfig(where, (text) => plannedConfig(text, plan));
  } catch (error) {
    for (const each of undo.reverse()) each();
    throw error;
  } finally {
    release();
  }
}

/** Returns the topmost folder that was made, or filled, and what takes it away again. */
async function makeFolder(
  { project: { folder } }: Plan,
  terminal: Pick<Terminal, "env" | "explain" | "onStopSignal">,
): Promise<{ made: string | undefined; remove: () => void }> {
  const { path, make } = folder;
  if (make === "nothing") return { made: undefined, remove: () => {} };
  const highest = topmostMissing(path);
  const remove = () => void (highest && rmSync(highest, { recursive: true, force: true }));
  const made = highest ?? path;
  if (make === "create") {
    createFolder(path);
    return { made, remove };
  }
  try {
    await cloneInto(make.clone, path, terminal);
  } catch (error) {
    remove();
    throw error;
  }
  return { made, remove };
}

function topmostMissing(path: string): string | undefined {
  if (existsSync(path)) return undefined;
  return topmostMissing(dirname(path)) ?? path;
}

async function makeUser({ account }: Place): Promise<Owner | undefined> {
  if (account === undefined) return undefined;
  if (account.uid === undefined) {
    const [command, ...args] = addUserCommand(account.name);
    await mustRun(command, args);
  }
  const made = await findAccount(account.name);
  if (made === undefined)
    throw new CoordError("service_failed", `The user ${account.name} could not be made.`);
  return { uid: made.uid, gid: made.gid };
}

/** The folder and all that git put into it, links themselves and not what they lead to. */
function giveAll(path: string, { uid, gid }: Owner): void {
  lchownSync(path, uid, gid);
  if (!statSync(path).isDirectory()) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) giveAll(inside, { uid, gid });
    else lchownSync(inside, uid, gid);
  }
}

/** For root alone; systemd hands it to the service. Returns what takes it away again. */
function keepToken(token: string): () => void {
  const { tokenFile } = SERVICE_DEFAULTS;
  const before = existsSync(tokenFile);
  mkdirSync(dirname(tokenFile), { recursive: true, mode: 0o755 });
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  chownSync(tokenFile, 0, 0);
  return () => {
    if (!before) rmSync(tokenFile, { force: true });
  };
}
