import { Command } from "commander";
import { configOption, durationOption, jsonOption, yesOption } from "../common-options.ts";
import type { Terminal } from "../terminal.ts";
import type { UpgradeOptions } from "../upgrade/upgrade.ts";

export function upgradeCommand(terminal: Terminal): Command {
  return new Command("upgrade")
    .description("replace claude-coord by a newer version, and go back if that does not start")
    .option("--check", "only tell what is new")
    .option("--from <what>", "a tarball or version for npm; a branch, tag or commit in a git checkout")
    .option("--drain <time>", "how long running turns may go on first", durationOption, 120_000)
    .option("--timeout <time>", "how long the new version may take to be ready", durationOption, 120_000)
    .addOption(yesOption())
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Makes the new version ready beside the old one, tells what is new, lets running turns end, stops the bot, backs up,
swaps the two and starts it. If Discord sends the new one no events in time, the old one is put back, with the database
as it was, and the exit code is 1. For a git checkout and for a global npm install.

Examples:
  claude-coord upgrade --check
  sudo claude-coord upgrade --yes
  claude-coord upgrade --from ./claude-coord-0.2.0.tgz`,
    )
    .action(async ({ drain, timeout, ...rest }: Written) => {
      const { upgrade } = await import("../upgrade/upgrade.ts");
      await upgrade({ ...rest, drainMs: drain, timeoutMs: timeout }, terminal);
    });
}

type Written = Omit<UpgradeOptions, "drainMs" | "timeoutMs"> & { drain: number; timeout: number };
