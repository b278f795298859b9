import { Command, Option } from "commander";
import { collectTools, configOption, jsonOption, yesOption } from "../common-options.ts";
import type { AddProjectOptions } from "../project/add.ts";
import type { Terminal } from "../terminal.ts";

export function projectCommand(terminal: Terminal): Command {
  return new Command("project")
    .description("the channels that the bot serves, one project each")
    .addCommand(addCommand(terminal))
    .addCommand(removeCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal));
}

function addCommand(terminal: Terminal): Command {
  return new Command("add")
    .description("bind a channel to a folder; what is missing is asked for on a terminal")
    .argument("[name]", "what the project is called in commands and messages")
    .option("--channel <id>", "the Discord channel: its id, or a link to it")
    .option("--dir <folder>", "the folder that Claude works in")
    .option("--create-dir", "make the folder if it is not there")
    .option("--clone <url>", "clone a git repository into the folder first")
    .option("--model <model>", "sonnet, opus, haiku or a model's full name")
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
    .option("--system-prompt <text>", "added to Claude's own instructions")
    .addOption(
      new Option("--mention <when>", "whether a message must mention the bot").choices([
        "required",
        "optional",
      ]),
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  claude-coord project add
  claude-coord project add web --channel 123456789012345678 --dir /opt/projects/web
  claude-coord project add api --channel 123456789012345679 --clone https://github.com/me/api.git \\
      --allowed-tools 'Read,Grep,Bash(git *)' --model sonnet`,
    )
    .action(async (name: string | undefined, options: AddProjectOptions) => {
      const { addProjectCommand } = await import("../project/add.ts");
      await addProjectCommand(name, options, terminal);
    });
}

function removeCommand(terminal: Terminal): Command {
  return new Command("remove")
    .alias("rm")
    .description("stop serving a channel; the folder and its sessions stay")
    .argument("<name>", "the project")
    .addOption(yesOption())
    .addOption(configOption())
    .addHelpText("after", "\nExample:\n  claude-coord project remove web --yes")
    .action(async (name: string, options: { yes?: boolean; config?: string }) => {
      const { removeProjectCommand } = await import("../project/remove.ts");
      await removeProjectCommand(name, options, terminal);
    });
}

function listCommand(terminal: Terminal): Command {
  return new Command("ls")
    .description("list the projects")
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  claude-coord project ls\n  claude-coord project ls --json | jq -r '.[].name'",
    )
    .action(async (options: { json?: boolean; config?: string }) => {
      const { listProjects } = await import("../project/list.ts");
      listProjects(options, terminal);
    });
}

function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("show all settings of one project")
    .argument("<name>", "the project")
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  claude-coord project show web")
    .action(async (name: string, options: { json?: boolean; config?: string }) => {
      const { showProject } = await import("../project/show.ts");
      showProject(name, options, terminal);
    });
}
