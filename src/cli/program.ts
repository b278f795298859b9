import { readFileSync } from "node:fs";
import { Command } from "commander";
import { backupCommand, restoreCommand } from "./commands/backup.ts";
import { completionCommand } from "./commands/completion.ts";
import { configCommand } from "./commands/config.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { errorsCommand } from "./commands/errors.ts";
import { initCommand } from "./commands/init.ts";
import { logsCommand } from "./commands/logs.ts";
import { projectCommand } from "./commands/project.ts";
import { serveCommand } from "./commands/serve.ts";
import { serviceCommand } from "./commands/service.ts";
import { sessionsCommand } from "./commands/sessions.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The command line. A file in commands/ says what a command is called and takes; what it does is imported when it
 * runs, so that `--help` does not load the bot.
 */
export function createProgram(terminal: Terminal): Command {
  const program = new Command("claude-coord")
    .description(
      "A Discord bot for your own server: each channel talks to its own persistent Claude Code session.",
    )
    .version(packageVersion(), "-V, --version")
    .addCommand(initCommand(terminal))
    .addCommand(serveCommand(terminal))
    .addCommand(serviceCommand(terminal))
    .addCommand(demoCommand(terminal))
    .addCommand(projectCommand(terminal))
    .addCommand(sessionsCommand(terminal))
    .addCommand(configCommand(terminal))
    .addCommand(doctorCommand(terminal))
    .addCommand(logsCommand(terminal))
    .addCommand(errorsCommand(terminal))
    .addCommand(backupCommand(terminal))
    .addCommand(restoreCommand(terminal))
    .addCommand(completionCommand(terminal));
  inTerminal(program, terminal);
  return program;
}

/** Commander writes to the process and ends it by itself unless each command is told otherwise. */
function inTerminal(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .showHelpAfterError("Run it with --help to see what there is.")
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    });
  for (const child of command.commands) inTerminal(child, terminal);
}

function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
