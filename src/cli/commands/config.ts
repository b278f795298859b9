import { Command } from "commander";
import { configOption, jsonOption } from "../common-options.ts";
import type { ConfigOptions } from "../config/config-options.ts";
import type { Terminal } from "../terminal.ts";

export function configCommand(terminal: Terminal): Command {
  return new Command("config")
    .description("look at, check and edit config.yaml")
    .addCommand(checkCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(schemaCommand(terminal))
    .addCommand(pathCommand(terminal))
    .addCommand(editCommand(terminal));
}

function checkCommand(terminal: Terminal): Command {
  return new Command("check")
    .description("tell all that is wrong with config.yaml, each with its line; exit code 78 if anything is")
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  claude-coord config check --config ./config.yaml")
    .action(async (options: ConfigOptions) => {
      const { checkCommand: check } = await import("../config/check.ts");
      check(options, terminal);
    });
}

function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("show every setting as it counts, with defaults and without secrets")
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  claude-coord config show\n  claude-coord config show --json | jq .access",
    )
    .action(async (options: ConfigOptions) => {
      const { showConfig } = await import("../config/show.ts");
      showConfig(options, terminal);
    });
}

function schemaCommand(terminal: Terminal): Command {
  return new Command("schema")
    .description("print the JSON schema of config.yaml, for editors")
    .addHelpText("after", "\nExample:\n  claude-coord config schema > config.schema.json")
    .action(async () => {
      const { editorSchemaText } = await import("../../config/editor-schema.ts");
      terminal.stdout.write(editorSchemaText());
    });
}

function pathCommand(terminal: Terminal): Command {
  return new Command("path")
    .description("print where config.yaml is or would be; with --json, where everything is")
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  claude-coord config path\n  claude-coord config path --json | jq -r .database",
    )
    .action(async (options: ConfigOptions) => {
      const { printPath } = await import("../config/path.ts");
      printPath(options, terminal);
    });
}

function editCommand(terminal: Terminal): Command {
  return new Command("edit")
    .description("edit config.yaml in $VISUAL or $EDITOR; it is checked before it takes the old one's place")
    .addOption(configOption())
    .addHelpText("after", "\nExamples:\n  claude-coord config edit\n  EDITOR=nano claude-coord config edit")
    .action(async (options: ConfigOptions) => {
      const { editConfig } = await import("../config/edit.ts");
      await editConfig(options, terminal);
    });
}
