import { Command, InvalidArgumentError, Option } from "commander";
import { jsonOption } from "../common-options.ts";
import type { LogsOptions } from "../logs/logs.ts";
import type { Terminal } from "../terminal.ts";

export function logsCommand(terminal: Terminal): Command {
  return new Command("logs")
    .description("show what the bot logged, readable; the last 50 lines unless told otherwise")
    .option("-f, --follow", "go on with new lines until Ctrl-C")
    .option("-n, --lines <count>", "the last so many lines", wholeNumber)
    .option("--error <id>", "only the lines of this error, with everything that is known about it")
    .addOption(
      new Option("--level <level>", "only lines at least so important").choices([
        "error",
        "warn",
        "info",
        "debug",
      ]),
    )
    .option("--since <time>", "only what is newer: 30m, 2h, 1d, or a time such as 2026-11-22T14:00")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  claude-coord logs -f
  claude-coord logs --level warn --since 1d
  claude-coord logs --error vudobaki
  claude-coord logs --json --since 1h | jq -r .message`,
    )
    .action(async (options: LogsOptions) => {
      const { showLogs } = await import("../logs/logs.ts");
      await showLogs(options, terminal);
    });
}

function wholeNumber(written: string): number {
  if (!/^\d{1,9}$/.test(written)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(written);
}
