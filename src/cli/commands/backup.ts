import { Command } from "commander";
import type { BackupOptions } from "../backup/backup.ts";
import { configOption, yesOption } from "../common-options.ts";
import type { Terminal } from "../terminal.ts";

const NOT_IN_IT =
  "\nIn it: config.yaml and the database. Not in it: the bot's token and what else is secret in the config (unless\n" +
  "--with-secrets was given), logs, a token file, and Claude Code's own transcripts in ~/.claude/projects, without which\n" +
  "sessions begin anew on another machine.\n";

export function backupCommand(terminal: Terminal): Command {
  return new Command("backup")
    .description("copy config and database into one file, also while the bot runs")
    .argument("[file]", "a new .tar.gz (default: claude-coord-<time>.tar.gz in this folder)")
    .addOption(configOption())
    .option("--with-secrets", "also the bot's token and the other secrets of config.yaml")
    .addHelpText(
      "after",
      `${NOT_IN_IT}\nExamples:\n  claude-coord backup\n  claude-coord backup /var/backups/bot.tar.gz`,
    )
    .action(async (file: string | undefined, options: BackupOptions) => {
      const { backup } = await import("../backup/backup.ts");
      await backup(file, options, terminal);
    });
}

export function restoreCommand(terminal: Terminal): Command {
  return new Command("restore")
    .description("put config and database back from a backup; the bot must be stopped")
    .argument("<file>", "what claude-coord backup wrote")
    .addOption(yesOption())
    .addOption(configOption())
    .addHelpText(
      "after",
      `\nWhat is there now is kept beside it, as *.before-restore-<time>. Secrets that the\nbackup has not are taken from the config that it replaces.\n${NOT_IN_IT}
Examples:
  claude-coord restore /var/backups/bot.tar.gz
  claude-coord restore bot.tar.gz --yes`,
    )
    .action(async (file: string, options: { yes?: boolean; config?: string }) => {
      const { restore } = await import("../backup/restore.ts");
      await restore(file, options, terminal);
    });
}
