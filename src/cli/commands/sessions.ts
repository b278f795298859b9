import { Command } from "commander";
import { configOption, jsonOption, yesOption } from "../common-options.ts";
import type { AttachOptions } from "../sessions/attach.ts";
import type { ExportOptions } from "../sessions/export.ts";
import type { ListOptions } from "../sessions/list.ts";
import type { ResetOptions } from "../sessions/reset.ts";
import type { ShowOptions } from "../sessions/show.ts";
import type { Terminal } from "../terminal.ts";

export function sessionsCommand(terminal: Terminal): Command {
  return new Command("sessions")
    .description("the Claude Code sessions, one a channel or thread")
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(resetCommand(terminal))
    .addCommand(resumeCommand(terminal))
    .addCommand(renameCommand(terminal))
    .addCommand(exportCommand(terminal))
    .addCommand(attachCommand(terminal));
}

const SESSION = "a channel's id, a session's id or its beginning, or a project";

function listCommand(terminal: Terminal): Command {
  return new Command("ls")
    .description("list the sessions, the latest active first")
    .option("--project <name>", "only this project's")
    .option("--all", "also those that have ended")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  claude-coord sessions ls\n  claude-coord sessions ls --project web --json | jq '.[].session_id'",
    )
    .action(async (options: ListOptions) => {
      const { listSessions } = await import("../sessions/list.ts");
      await listSessions(options, terminal);
    });
}

function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("show a session and its turns: who asked what, its cost, time and end")
    .argument("<session>", SESSION)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  claude-coord sessions show web\n  claude-coord sessions show 6f1c --json",
    )
    .action(async (word: string, options: ShowOptions) => {
      const { showSession } = await import("../sessions/show.ts");
      await showSession(word, options, terminal);
    });
}

function resetCommand(terminal: Terminal): Command {
  return new Command("reset")
    .description("end a session: the next message in the channel begins a new one")
    .argument("<session>", SESSION)
    .addOption(yesOption())
    .addHelpText(
      "after",
      "\nA running bot notices within a second. The old session stays: claude-coord sessions ls --all\n" +
        "\nExamples:\n  claude-coord sessions reset web\n  claude-coord sessions reset 123456789012345678 --yes",
    )
    .action(async (word: string, options: ResetOptions) => {
      const { resetSession } = await import("../sessions/reset.ts");
      await resetSession(word, options, terminal);
    });
}

function resumeCommand(terminal: Terminal): Command {
  return new Command("resume")
    .description("make a session that has ended its channel's current one again")
    .argument("<session>", "a session's id or its beginning")
    .addHelpText(
      "after",
      "\nThe one until now joins those that have ended. A running bot notices within a second.\n" +
        "\nExamples:\n  claude-coord sessions ls --all\n  claude-coord sessions resume 6f1c",
    )
    .action(async (word: string) => {
      const { resumeSession } = await import("../sessions/resume.ts");
      await resumeSession(word, terminal);
    });
}

function renameCommand(terminal: Terminal): Command {
  return new Command("rename")
    .description("give a session a name; an empty one takes it away")
    .argument("<session>", SESSION)
    .argument("<name>", "what it is called")
    .addHelpText(
      "after",
      "\nExamples:\n  claude-coord sessions rename web 'Login page'\n  claude-coord sessions rename 6f1c ''",
    )
    .action(async (word: string, name: string) => {
      const { renameSession } = await import("../sessions/rename.ts");
      await renameSession(word, name, terminal);
    });
}

function exportCommand(terminal: Terminal): Command {
  return new Command("export")
    .description("write what was asked and answered as Markdown")
    .argument("<session>", SESSION)
    .option("-o, --output <file>", "write to this file in place of stdout; it must not exist")
    .addHelpText(
      "after",
      "\nExamples:\n  claude-coord sessions export web > web.md\n  claude-coord sessions export 6f1c -o web.md",
    )
    .action(async (word: string, options: ExportOptions) => {
      const { exportSession } = await import("../sessions/export.ts");
      await exportSession(word, options, terminal);
    });
}

function attachCommand(terminal: Terminal): Command {
  return new Command("attach")
    .description("open a session in this terminal with claude --resume, in the project's folder")
    .argument("<session>", SESSION)
    .option("--take-over", "end the bot's idle agent if it has the session open, without asking")
    .addOption(configOption())
    .addHelpText(
      "after",
      "\nUntil you leave it, messages in the channel are answered with a note that the session is open elsewhere.\n" +
        "\nExample:\n  claude-coord sessions attach web",
    )
    .action(async (word: string, options: AttachOptions) => {
      const { attachSession } = await import("../sessions/attach.ts");
      await attachSession(word, options, terminal);
    });
}
