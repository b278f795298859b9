import { Command } from "commander";
import { packageVersion } from "../daemon/package-version.ts";
import type { Terminal } from "./terminal.ts";

/** What a file in commands/ makes: a command with its flags and help. */
type MakeCommand = (terminal: Terminal) => Command;

/**
 * Where each command is declared, in the order of the help. A file says what a command is called and takes; what it
 * does is imported when it runs, so that `--help` does not load the bot.
 */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  init: async () => (await import("./commands/init.ts")).initCommand,
  serve: async () => (await import("./commands/serve.ts")).serveCommand,
  service: async () => (await import("./commands/service.ts")).serviceCommand,
  status: async () => (await import("./commands/status.ts")).statusCommand,
  demo: async () => (await import("./commands/demo.ts")).demoCommand,
  project: async () => (await import("./commands/project.ts")).projectCommand,
  sessions: async () => (await import("./commands/sessions.ts")).sessionsCommand,
  config: async () => (await import("./commands/config.ts")).configCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
  logs: async () => (await import("./commands/logs.ts")).logsCommand,
  errors: async () => (await import("./commands/errors.ts")).errorsCommand,
  audit: async () => (await import("./commands/audit.ts")).auditCommand,
  usage: async () => (await import("./commands/usage.ts")).usageCommand,
  backup: async () => (await import("./commands/backup.ts")).backupCommand,
  restore: async () => (await import("./commands/backup.ts")).restoreCommand,
  upgrade: async () => (await import("./commands/upgrade.ts")).upgradeCommand,
  completion: async () => (await import("./commands/completion.ts")).completionCommand,
};

/**
 * The command line. Given the words that a person typed, only the command that they begin with is loaded; all of them
 * for help, completion and mistakes.
 */
export async function createProgram(terminal: Terminal, words: readonly string[] = []): Promise<Command> {
  const program = new Command("claude-coord")
    .description(
      "A Discord bot for your own server: each channel talks to its own persistent Claude Code session.",
    )
    .version(packageVersion(), "-V, --version");
  for (const load of loadersFor(words)) program.addCommand((await load())(terminal));
  inTerminal(program, terminal);
  return program;
}

function loadersFor([first = ""]: readonly string[]) {
  const named = Object.hasOwn(COMMANDS, first) && first !== "completion" ? COMMANDS[first] : undefined;
  return named === undefined ? Object.values(COMMANDS) : [named];
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
