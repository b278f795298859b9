import { Command } from "commander";
import { configOption, jsonOption } from "../common-options.ts";
import type { Terminal } from "../terminal.ts";

export function doctorCommand(terminal: Terminal): Command {
  return new Command("doctor")
    .description("look at everything that can be wrong, and tell what to do about it")
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Looks at Node, the config, Claude and its login, Discord (token, intent, guild, each channel's permissions), folders,
file modes, the database, disk, clock, and what is unsafe. Changes nothing. Exit code 1 if there is a problem.

Examples:
  claude-coord doctor
  claude-coord doctor --json | jq '.findings[] | select(.status != "ok")'`,
    )
    .action(async (options: { config?: string; json?: boolean }) => {
      const { doctor } = await import("../doctor/doctor.ts");
      await doctor(options, terminal);
    });
}
