import { Command, Option } from "commander";
import { collectTools, configOption, durationOption, jsonOption } from "../common-options.ts";
import type { InitOptions } from "../init/init-options.ts";
import { SERVICE_DEFAULTS } from "../service/service-options.ts";
import type { Terminal } from "../terminal.ts";

export function initCommand(terminal: Terminal): Command {
  const command = new Command("init")
    .description("set up the bot: a wizard that also takes every answer as a flag; again to change things")
    .option("-y, --yes", "take what is recommended for all that no flag says, and ask nothing")
    .addOption(configOption())
    .addOption(jsonOption());
  discordOptions(command);
  projectOptions(command);
  restOptions(command);
  return command.addHelpText("after", EXAMPLES).action(async (options: Written) => {
    const { init } = await import("../init/init.ts");
    const { wait, ...rest } = options;
    await init({ ...rest, ...(wait === undefined ? {} : { waitMs: wait }) }, terminal);
  });
}

type Written = Omit<InitOptions, "waitMs"> & { wait?: number };

function discordOptions(command: Command): void {
  command
    .option("--token-stdin", "read the bot's token from stdin (or set DISCORD_TOKEN)")
    .option("--api-url <url>", "where Discord's API is (default: its own address)")
    .option("--wait <time>", "how long to wait for your clicks in Discord, such as 5m", durationOption)
    .option("--guild <name>", "the server, by name or id, if the bot is in several")
    .option("--channel <channel>", "the channel: its name, its id, or a link to it")
    .option("--allow-user <member>", "who may talk to Claude, by name or id; may be repeated", collect)
    .option("--allow-role <role>", "a role that may talk to Claude, by name or id; may be repeated", collect)
    .option(
      "--allow-managers",
      "members with Manage Server may talk to Claude (what counts if nobody is named)",
    )
    .option("--allow-everyone", "everyone who can write in the channel may talk to Claude");
}

function projectOptions(command: Command): void {
  command
    .option("--name <name>", "the project: a new name, or one that is to be changed")
    .option("--dir <folder>", "the folder that Claude works in")
    .option("--create-dir", "make the folder if it is not there")
    .option("--clone <url>", "clone a git repository into the folder")
    .option("--model <model>", "sonnet, opus, haiku, a model's full name, or default")
    .addOption(
      new Option("--permission-mode <mode>", "how Claude's tools are asked about").choices([
        "default",
        "acceptEdits",
        "plan",
        "bypassPermissions",
      ]),
    )
    .option(
      "--allowed-tools <tools>",
      "tools that run without asking, by comma; may be repeated",
      collectTools,
    )
    .addOption(
      new Option("--mention <when>", "whether a message must mention the bot").choices([
        "required",
        "optional",
      ]),
    );
}

function restOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--claude-login <how>",
        "now: at the end; token, api-key: from CLAUDE_CODE_OAUTH_TOKEN, ANTHROPIC_API_KEY; later",
      ).choices(["now", "token", "api-key", "later"]),
    )
    .option("--no-claude-check", "go on without a working Claude Code")
    .option("--hello", "say hello in the channel")
    .option("--no-hello", "do not")
    .addOption(
      new Option(
        "--service <kind>",
        "run it as a service of the machine (needs root), of yours, or not",
      ).choices(["system", "user", "none"]),
    )
    .option("--service-user <name>", "whom the service of the machine runs as", SERVICE_DEFAULTS.serviceUser);
}

const EXAMPLES = `
On a terminal it asks for what is missing, checks each answer with Discord and Claude Code, and writes everything at
the end. Without a terminal, give flags; --yes takes what is recommended for the rest.

Examples:
  claude-coord init
  sudo claude-coord init
  claude-coord init --yes --token-stdin --channel web --dir ~/projects/web --allow-user ann < token
  claude-coord init --yes --channel api --clone https://github.com/me/api.git --allow-role developers`;

function collect(written: string, before: readonly string[] = []): string[] {
  return [...before, written];
}
