import { Command } from "commander";
import { configOption, jsonOption } from "../common-options.ts";
import type { DoctorOptions } from "../doctor/doctor.ts";
import type { Terminal } from "../terminal.ts";

export function doctorCommand(terminal: Terminal): Command {
  return new Command("doctor")
    .description("look at everything that can be wrong, and tell what to do about it")
    .addOption(configOption())
    .addOption(jsonOption())
    .option(
      "--security",
      "look at what is unsafe: users, file modes, open access, tokens in histories, the unit",
    )
    .option("--fix", "with --security: close the files that others can read or change")
    .addHelpText(
      "after",
      `
Looks at Node, the config, Claude and its login, Discord (token, intent, guild, each channel's permissions), folders,
file modes, the database, disk, clock, and what is unsafe. Changes nothing. Exit code 1 if there is a problem.
With --security it asks nobody and looks at this machine alone; --fix changes modes of files, and nothing else.

Examples:
  claude-coord doctor
  claude-coord doctor --security --fix
  claude-coord doctor --json | jq '.findings[] | select(.status != "ok")'`,
    )
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import("../doctor/doctor.ts");
      await doctor(options, terminal);
    });
}
