import { Command } from "commander";
import { jsonOption } from "../common-options.ts";
import type { Terminal } from "../terminal.ts";

export function statusCommand(terminal: Terminal): Command {
  return new Command("status")
    .description("how the bot is: running, Discord, agents, queue, last failures, disk")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Exit code 0 if it runs and Discord sends it events; 1 if not. What the bot says of itself is at most 30 seconds old,
or it is said that it is silent.

Examples:
  claude-coord status
  claude-coord status --json | jq -r .health
  claude-coord status > /dev/null || echo "the bot is down" | mail root`,
    )
    .action(async (options: { json?: boolean }) => {
      const { status } = await import("../status/status.ts");
      status(options, terminal);
    });
}
