import { Command, Option } from "commander";
import { jsonOption } from "../common-options.ts";
import type { Terminal } from "../terminal.ts";
import type { UsageOptions } from "../usage/usage.ts";

export function usageCommand(terminal: Terminal): Command {
  return new Command("usage")
    .description("what turns cost and took: by day, by project or by person")
    .option("--since <time>", "from this day on: 7d, 12h, or a day such as 2026-11-01 (default: 30 days)")
    .addOption(new Option("--by <what>", "what is summed").choices(["day", "project", "user"]).default("day"))
    .addOption(jsonOption())
    .addOption(new Option("--csv", "print CSV, for spreadsheets").conflicts("json"))
    .addHelpText(
      "after",
      "\nCosts are Claude Code's own estimates, from list prices.\n" +
        "\nExamples:\n  claude-coord usage\n  claude-coord usage --by project --since 7d\n" +
        "  claude-coord usage --by user --csv > usage.csv",
    )
    .action(async (options: UsageOptions) => {
      const { showUsage } = await import("../usage/usage.ts");
      await showUsage(options, terminal);
    });
}
