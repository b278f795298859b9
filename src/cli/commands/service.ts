import { Command, InvalidArgumentError } from "commander";
import type { InstallOptions } from "../service/install.ts";
import { SERVICE_DEFAULTS, type ServiceOptions } from "../service/service-options.ts";
import type { Terminal } from "../terminal.ts";

export function serviceCommand(terminal: Terminal): Command {
  return new Command("service")
    .description("run it as a systemd service")
    .addCommand(installCommand(terminal))
    .addCommand(uninstallCommand(terminal))
    .addCommand(statusCommand(terminal))
    .addCommand(printCommand(terminal));
}

function installCommand(terminal: Terminal): Command {
  return unitOptions(new Command("install"))
    .description("write the unit for this machine, with its user, and start it; again after changes")
    .option("--token-stdin", "read the bot's token from stdin and keep it in the token file")
    .option("--dry-run", "show what would be done and change nothing")
    .option("-y, --yes", "do not ask")
    .option("--no-start", "do not start or restart it")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo claude-coord service install\n  claude-coord service install --user\n" +
        "  sudo claude-coord service install --yes --token-stdin < token",
    )
    .action(async (options: InstallOptions) => {
      const { install } = await import("../service/install.ts");
      await install(options, terminal);
    });
}

function uninstallCommand(terminal: Terminal): Command {
  return new Command("uninstall")
    .description("stop it and remove the unit; sessions, config and user stay")
    .option("--user", "the unit of your own systemd manager")
    .option("-y, --yes", "do not ask")
    .action(async (options: { user?: boolean; yes?: boolean }) => {
      const { uninstall } = await import("../service/uninstall.ts");
      await uninstall(options, terminal);
    });
}

function statusCommand(terminal: Terminal): Command {
  return unitOptions(new Command("status"))
    .description("how the service is, whether its unit is current, and which protections are in force")
    .option("--json", "print JSON, for scripts")
    .action(async (options: ServiceOptions & { json?: boolean }) => {
      const { status } = await import("../service/status.ts");
      await status(options, terminal);
    });
}

function printCommand(terminal: Terminal): Command {
  return unitOptions(new Command("print"))
    .description("print the unit that install would write")
    .action(async (options: ServiceOptions) => {
      const { describeService } = await import("../service/describe-service.ts");
      const { text } = await describeService(options, terminal);
      terminal.stdout.write(text);
    });
}

/** What decides on the unit's text: the same for all commands that compare it. */
function unitOptions(command: Command): Command {
  return command
    .option("--user", "a unit of your own systemd manager, without root and with less protection")
    .option("--service-user <name>", "who the service runs as; made if missing", SERVICE_DEFAULTS.serviceUser)
    .option("-c, --config <file>", "the config file (default: that of the service's user)")
    .option("--path <dirs>", "PATH for the commands that Claude runs (default: yours, as far as it applies)")
    .option("--token-file <file>", "where root keeps the bot's token", SERVICE_DEFAULTS.tokenFile)
    .option("--writable <dirs...>", "more directories that Claude may write to, besides the projects")
    .option(
      "--memory-max <size>",
      "the most memory it may use, all agents together",
      SERVICE_DEFAULTS.memoryMax,
    )
    .option(
      "--tasks-max <number>",
      "the most threads it may have, all agents together",
      wholeNumber,
      SERVICE_DEFAULTS.tasksMax,
    )
    .option("--claude-sandbox", "allow what Claude Code's own sandbox needs (default: if it is switched on)")
    .option("--no-claude-sandbox", "do not")
    .option("--mount-proc", "with a /proc of its own (default: if the host allows it)")
    .option("--no-mount-proc", "without, for an LXC container that has no nesting");
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("expected a whole number above 0");
  return Number(text);
}
