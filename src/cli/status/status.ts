import { findPaths } from "../../config/paths.ts";
import { packageVersion } from "../../daemon/package-version.ts";
import { ExitError } from "../exit.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import { judge } from "./judge.ts";
import { type Look, lookAt } from "./look.ts";
import { otherHome } from "./other-home.ts";
import { printStatus } from "./print-status.ts";
import { statusJson } from "./status-json.ts";

/** Tells how the bot is. Ends with 1 unless it runs and Discord sends it events. */
export function status(options: { json?: boolean }, terminal: Terminal): void {
  const paths = findPaths({ env: terminal.env });
  const nowMs = Date.now();
  const seen = lookAt(paths, nowMs) ?? NOTHING;
  const health = judge(seen, nowMs);
  const version = packageVersion();
  if (options.json) printJson(terminal, statusJson(seen, health, version));
  else printStatus(terminal, { seen, health, version, paths, nowMs });
  const elsewhere = health === "never_started" ? otherHome(paths.home) : undefined;
  if (elsewhere !== undefined) terminal.explain(elsewhere);
  if (health !== "running") throw new ExitError(1);
}

const NOTHING: Look = {
  isRunning: false,
  heartbeat: undefined,
  queue: { running: 0, waiting: 0, delivering: 0, awaiting: 0, oldestMs: undefined },
  failures: [],
  disk: { freeBytes: Number.POSITIVE_INFINITY, databaseBytes: 0 },
};
