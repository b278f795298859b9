import { setTimeout as delay } from "node:timers/promises";
import { changedSettings } from "../../config/changes.ts";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import { type Problem, problemLine } from "../../config/problems.ts";
import { secretsOf } from "../../config/secrets.ts";
import { watchConfig } from "../../config/watch.ts";
import { whenChanged } from "../../core/secrets/when-changed.ts";
import { type Daemon, startDaemon } from "../../daemon/daemon.ts";
import { createLogger } from "../../daemon/logging/logger.ts";
import { createPatience } from "../../daemon/patience.ts";
import { createNotifier, type Notifier } from "../../systemd/notify.ts";
import { withoutSecrets } from "../safe-error.ts";
import type { Terminal } from "../terminal.ts";
import { logTerminal } from "./log-terminal.ts";

/** Runs the daemon in the foreground until a signal ends it. Throws what keeps it from starting. */
export async function serve(options: { config?: string }, terminal: Terminal): Promise<void> {
  const notifier = createNotifier({
    env: terminal.env,
    pid: process.pid,
    onError: (error) => terminal.explain(`systemd can't be told how the service is: ${String(error)}`),
  });
  try {
    await runDaemon(options, terminal, notifier);
  } catch (error) {
    notifier.status(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function runDaemon(options: { config?: string }, terminal: Terminal, notifier: Notifier) {
  const paths = findPaths({ env: terminal.env, configFlag: options.config });
  const loaded = loadConfig({ path: paths.config, env: terminal.env });
  let config: Config = loaded.config;
  let { document } = loaded;
  let daemon: Daemon | undefined;
  const log = createLogger({
    file: paths.log,
    level: config.logging.level,
    terminal: logTerminal(terminal),
    secrets: whenChanged(() => config, secretsOf),
  });
  const warn = ({ message, key, advice }: Problem) => log.warn(message, { key, advice });
  loaded.warnings.forEach(warn);
  const watch = watchConfig(
    { path: paths.config, env: terminal.env },
    (change) => {
      if (change.type === "refused") {
        const problems = change.problems.map(problemLine);
        log.error("the changed config is not used; the last good one stays", { problems });
        daemon?.configChanged({ type: "config_refused", problems });
        return;
      }
      config = change.config;
      log.setLevel(config.logging.level);
      change.warnings.forEach(warn);
      const settings = changedSettings(document, change.document);
      document = change.document;
      log.info("the config has changed and counts from now on", { changed: settings.map(({ key }) => key) });
      daemon?.configChanged({ type: "config_changed", settings });
    },
    { loadedText: loaded.document.text },
  );

  try {
    daemon = await startDaemon({ config: () => config, paths, env: terminal.env, log });
    notifier.ready(`answering as ${daemon.botName}`);
    const stopped = await untilStopped(daemon, terminal, notifier, config.shutdown.graceMs);
    log.info("stopped");
    if (stopped !== undefined) throw stopped;
  } catch (error) {
    log.error("serve ends", { error });
    throw withoutSecrets(error, secretsOf(config));
  } finally {
    watch.stop();
    await log.close();
  }
}

/**
 * The first signal lets running turns end, the second does not; so does Discord when it refuses us for good. After an
 * error that nobody caught nothing is sure any more: the next start takes the turns up.
 */
async function untilStopped(daemon: Daemon, terminal: Terminal, notifier: Notifier, graceMs: number) {
  const force = new AbortController();
  const stopWatchdog = notifier.startWatchdog(
    createPatience({ holds: daemon.isConnected, patienceMs: PATIENCE_MS, now: () => performance.now() }),
  );
  let stop: () => void = () => {};
  const signalled = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  const release = terminal.onStopSignal(() => {
    if (stopping) force.abort();
    stop();
  });
  const crash = Promise.withResolvers<unknown>();
  const releaseCrash = terminal.onUncaught((error) => {
    if (!force.signal.aborted) daemon.crashed(error);
    force.abort();
    crash.resolve(error);
  });
  let stopping = false;
  const reason = await Promise.race([signalled, daemon.refused, crash.promise]);
  stopping = true;
  notifier.stopping("waiting for running turns to end");
  const timer = setTimeout(() => force.abort(), graceMs);
  await Promise.race([daemon.stop(force.signal), crash.promise.then(() => delay(LAST_MOMENTS_MS))]);
  clearTimeout(timer);
  release();
  releaseCrash();
  stopWatchdog();
  return reason;
}

/** What a crashed daemon gets to end its agents. */
const LAST_MOMENTS_MS = 5_000;

/** discord.js takes lost connections up again; after so long, a new process is the better try. */
const PATIENCE_MS = 15 * 60_000;
