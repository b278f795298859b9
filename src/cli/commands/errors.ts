import { Command } from "commander";
import { jsonOption } from "../common-options.ts";
import type { ListErrorsOptions } from "../errors/list.ts";
import type { Terminal } from "../terminal.ts";

export function errorsCommand(terminal: Terminal): Command {
  const errors = new Command("errors").description("the failures that people saw an error id for");
  errors
    .command("ls")
    .description("list the latest failures, newest first")
    .option("--since <time>", "only what is newer: 30m, 2h, 1d, or a time such as 2026-11-22T14:00")
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  claude-coord errors ls\n  claude-coord errors ls --since 1d --json")
    .action(async (options: ListErrorsOptions) => {
      const { listErrors } = await import("../errors/list.ts");
      await listErrors(options, terminal);
    });
  errors
    .command("show")
    .description("show all that is known about one failure: the turn, and the log's lines")
    .argument("<id>", "the id that stood in the channel")
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  claude-coord errors show vudobaki")
    .action(async (id: string, options: { json?: boolean }) => {
      const { showError } = await import("../errors/show.ts");
      await showError(id, options, terminal);
    });
  return errors;
}
