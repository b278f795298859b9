import { spawnSync } from "node:child_process";
import { setImmediate } from "node:timers/promises";
import { createNotifier } from "../../src/systemd/notify.ts";

/** A small daemon: tells what the first argument lists, in order. */
const notifier = createNotifier({
  env: process.env,
  pid: process.pid,
  onError: (error) => {
    throw error;
  },
});

for (const step of (process.argv[2] ?? "").split(", ")) {
  const [what, text = ""] = step.split(/:(.*)/s);
  if (what === "ready") notifier.ready(text);
  if (what === "status") notifier.status(text);
  if (what === "stopping") notifier.stopping(text);
  if (what === "watchdog") await pinged(Number(text));
  if (what === "child") {
    const { status } = spawnSync("sh", ["-c", "echo WATCHDOG=1 >&3"], { stdio: "ignore" });
    notifier.status(status === 0 ? "open for children" : "closed for children");
  }
}

/** Healthy so many times, then not: the pings end before the next step. */
async function pinged(times: number): Promise<void> {
  let asked = 0;
  const stop = notifier.startWatchdog(() => {
    asked += 1;
    return asked <= times;
  });
  while (times > 0 && asked <= times) await setImmediate();
  stop();
}
