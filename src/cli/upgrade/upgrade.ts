import { chownSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { CoordError } from "../../core/operations/errors.ts";
import { backupDatabase } from "../../sqlite/backup.ts";
import { isInstanceRunning } from "../../sqlite/instance-running.ts";
import { readQueue } from "../../sqlite/queue.ts";
import { readSchemaVersion } from "../../sqlite/schema-version.ts";
import { backup } from "../backup/backup.ts";
import { fileTime } from "../backup/file-time.ts";
import { putInPlace } from "../backup/put-in-place.ts";
import { printJson } from "../print-json.ts";
import { agreeOrEnd } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { news } from "./news.ts";
import { type Release, readPackage } from "./release.ts";
import { run } from "./run.ts";
import { findRunningBot, lastBeat, type RunningBot } from "./running-bot.ts";
import { PACKAGE, stageRelease } from "./stage-release.ts";

export interface UpgradeOptions {
  readonly check?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly from?: string;
  readonly config?: string;
  /** How long running turns may go on before the bot is stopped. */
  readonly drainMs: number;
  /** How long the new one may take until Discord sends it events. */
  readonly timeoutMs: number;
}

/**
 * Makes the new version ready beside the old one, tells what is new, drains, backs up, swaps and starts. One that is
 * not ready in time gives way to the old one, with the database as it was. Ends with 1 then.
 */
export async function upgrade(options: UpgradeOptions, terminal: Terminal): Promise<void> {
  const { env } = terminal;
  const installed = readPackage(PACKAGE);
  const release = await stageRelease(
    { from: options.from, onlyLook: options.check ?? false },
    env,
    terminal.explain,
  );
  if (release === undefined) {
    if (options.json) printJson(terminal, { installed: installed.version, available: null, news: [] });
    terminal.explain(`claude-coord ${installed.version} is the newest.`);
    return;
  }
  try {
    const lines = news(installed.changelog, release.changelog);
    const title = `${installed.version} → ${release.version}${release.revision ? ` (${release.revision})` : ""}`;
    if (options.json)
      printJson(terminal, { installed: installed.version, available: release.version, news: lines });
    terminal.explain(`${title}\n\n${lines.join("\n") || "The changelog says nothing new."}\n`);
    if (options.check) return;

    const bot = await findRunningBot(env, options.config);
    await mustRunHere(release, bot);
    const what =
      bot.process === undefined
        ? "No bot runs; only the program is replaced."
        : `${bot.process.what} is restarted.`;
    await agreeOrEnd(terminal, options.yes, `Upgrade? ${what}`);
    await replace(release, bot, options, terminal);
    terminal.explain(
      `claude-coord ${release.version} is installed${bot.process === undefined ? "" : " and runs"}.`,
    );
  } finally {
    await release.discard();
  }
}

/** The new version starts at all, and takes the config; known before anything is stopped. */
async function mustRunHere({ folder }: Release, { paths, env }: RunningBot): Promise<void> {
  const bin = join(folder, "bin/claude-coord.js");
  await run([process.execPath, bin, "--version"], { cwd: "/", env });
  if (!existsSync(paths.config)) return;
  await run([process.execPath, bin, "config", "check", "--config", paths.config], { cwd: "/", env });
}

async function replace(
  release: Release,
  bot: RunningBot,
  { drainMs, timeoutMs }: UpgradeOptions,
  terminal: Terminal,
): Promise<void> {
  const { paths } = bot;
  if (bot.process !== undefined) {
    await drain(bot, drainMs, terminal);
    terminal.explain("Stopping …");
    await bot.process.stop();
  }
  const copy = `${paths.database}.before-upgrade`;
  const schema = existsSync(paths.database) ? readSchemaVersion(paths.database).found : undefined;
  try {
    if (schema !== undefined) {
      rmSync(copy, { force: true });
      await backupDatabase(paths.database, copy);
      await keepArchive(bot, terminal);
    }
    await release.swap();
    if (bot.process !== undefined) await startAndWait(bot, bot.process, timeoutMs, terminal);
  } catch (error) {
    terminal.explain(`It did not work: ${error instanceof Error ? error.message : String(error)}`);
    terminal.explain("Going back …");
    await goBack(release, bot, { schema, copy, timeoutMs }, terminal);
    throw new CoordError(
      "upgrade_failed",
      "Nothing was upgraded: the old version is back, with everything as it was.",
      {
        cause: error,
      },
    );
  } finally {
    rmSync(copy, { force: true });
  }
}

/** Waits until no turn runs, so that none has to be interrupted. */
async function drain({ paths }: RunningBot, drainMs: number, terminal: Terminal): Promise<void> {
  const deadline = performance.now() + drainMs;
  let told = false;
  for (;;) {
    const db = new Sqlite(paths.database, { readonly: true, fileMustExist: true });
    const { running, delivering } = readQueue(db);
    db.close();
    if (running + delivering === 0 || performance.now() > deadline) return;
    if (!told) terminal.explain(`Waiting for ${running + delivering} running turns to end …`);
    told = true;
    await delay(500);
  }
}

async function keepArchive({ paths, env }: RunningBot, terminal: Terminal): Promise<void> {
  const folder = join(paths.home, "backups");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `before-upgrade-${fileTime(new Date())}.tar.gz`);
  const quiet = { ...terminal, env, stdout: terminal.stderr };
  await backup(file, { config: paths.config }, quiet);
  const { uid, gid } = statSync(paths.home);
  for (const each of [folder, file]) chownSync(each, uid, gid);
}

async function startAndWait(
  { paths }: RunningBot,
  bot: NonNullable<RunningBot["process"]>,
  timeoutMs: number,
  terminal: Terminal,
): Promise<void> {
  terminal.explain("Starting …");
  const startedMs = Date.now();
  const deadline = performance.now() + timeoutMs;
  const late = new CoordError("upgrade_failed", `Discord sent it no events within ${timeoutMs / 1000} s.`);
  await Promise.race([
    bot.start(),
    delay(timeoutMs, undefined, { ref: false }).then(() => Promise.reject(late)),
  ]);
  for (;;) {
    const beat = lastBeat(paths);
    if (beat !== undefined && beat.startedAtMs >= startedMs && beat.state === "connected") return;
    if (!isInstanceRunning(paths.lock))
      throw new CoordError("upgrade_failed", "It ended by itself. See: claude-coord logs");
    if (performance.now() > deadline) throw late;
    await delay(250);
  }
}

async function goBack(
  release: Release,
  bot: RunningBot,
  { schema, copy, timeoutMs }: { schema: number | undefined; copy: string; timeoutMs: number },
  terminal: Terminal,
): Promise<void> {
  const { paths } = bot;
  if (isInstanceRunning(paths.lock)) await bot.process?.stop();
  await release.swapBack();
  // The old version refuses a database that the new one has brought up to date.
  if (schema !== undefined && existsSync(copy) && readSchemaVersion(paths.database).found !== schema) {
    const kept = putInPlace(copy, paths.database, `of-failed-upgrade-${fileTime(new Date())}`, paths.home);
    terminal.explain(`The database is as it was; what the new version made of it is ${kept}.`);
  }
  if (bot.process !== undefined) await startAndWait(bot, bot.process, timeoutMs, terminal);
}
