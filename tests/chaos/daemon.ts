import { writeSync } from "node:fs";
import { loadConfig } from "../../src/config/load.ts";
import { findPaths } from "../../src/config/paths.ts";
import { exitCode } from "../../src/core/operations/errors.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { createLogger } from "../../src/daemon/logging/logger.ts";
import { crashAt } from "./crash-point.ts";

/*
 * The daemon as `claude-coord serve` runs it, straight from the sources, which kills itself at the crash point that
 * CHAOS_CRASH names. Prints `ready` once it answers.
 */
const { env } = process;
const paths = findPaths({ env });
const { config } = loadConfig({ path: paths.config, env });
const log = createLogger({ file: paths.log, level: "debug", terminal: undefined, secrets: () => [] });

const force = new AbortController();
const stopping = new Promise<void>((resolve) => {
  process.on("SIGTERM", () => resolve());
});

try {
  const watchStore = crashAt(env.CHAOS_CRASH);
  const daemon = await startDaemon({ config: () => config, paths, env, log, watchStore });
  writeSync(1, "ready\n");
  await stopping;
  const timer = setTimeout(() => force.abort(), config.shutdown.graceMs);
  await daemon.stop(force.signal);
  clearTimeout(timer);
} catch (error) {
  log.error("serve ends", { error });
  process.exitCode = exitCode(error);
} finally {
  await log.close();
}
// As cli/main.ts does. @discordjs/ws for one, destroyed in the half second before it reconnects, connects all the same.
setTimeout(() => process.exit(), 5_000).unref();
