import { type Finding, ok, warning } from "./finding.ts";

/** Whether the bot runs. */
export function checkDaemon(isRunning: boolean): Finding {
  return isRunning
    ? ok("daemon", "the bot is running")
    : warning(
        "daemon",
        "the bot is not running",
        "sudo systemctl start claude-coord, or: claude-coord serve",
      );
}
