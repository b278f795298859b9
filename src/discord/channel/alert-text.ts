import type { Alert, AlertFacts, AlertKind } from "../../core/operations/alerts.ts";
import { discordTime } from "../reply/amounts.ts";

/** An alert for the admin channel: what happened, and what to do about it. */
export function alertText({ kind, facts, isActive }: Alert): string {
  const { begins, over } = TEXTS[kind];
  return isActive ? `⚠️ ${begins(facts)}` : `✅ ${over(facts)}`;
}

interface Text {
  readonly begins: (facts: AlertFacts) => string;
  readonly over: (facts: AlertFacts) => string;
}

const TEXTS: Readonly<Record<AlertKind, Text>> = {
  login_gone: {
    begins: ({ why }) =>
      `**Claude Code's login does not work**: ${why}. Nobody is answered until somebody logs in on the bot's machine, as its user: \`claude auth login\`.`,
    over: () => "Claude Code's login works again.",
  },
  login_expiring: {
    begins: ({ expiresAtMs }) =>
      `**Claude Code's login expires** ${time(expiresAtMs)}. Log in again before that, on the bot's machine and as its user: \`claude auth login\`.`,
    over: () => "Claude Code's login is good for longer again.",
  },
  usage_limit: {
    begins: ({ window, resetsAtMs }) =>
      `**The Claude plan's usage limit is reached** (${window}).${resetsAtMs ? ` It lifts ${time(resetsAtMs)}; what is asked until then waits.` : ""}`,
    over: ({ window }) => `The usage limit has lifted (${window}). What waited goes on.`,
  },
  budget: {
    begins: ({ what }) => `**A budget is used up**: ${what}.`,
    over: ({ what }) => `The budget is free again: ${what}.`,
  },
  disk_low: {
    begins: ({ free, folder }) =>
      `**The disk is nearly full**: ${free} free at \`${folder}\`. What takes the room: \`du -xh --max-depth=1 ${folder} | sort -h\`.`,
    over: ({ folder }) => `There is room again on the disk of \`${folder}\`.`,
  },
  agent_crashes: {
    begins: ({ count, code, minutes }) =>
      `**Claude Code keeps ending unexpectedly**: ${count} times in ${minutes} minutes (${code}). \`claude-coord errors ls\` has the error ids, \`claude-coord doctor\` looks for the reason.`,
    over: ({ quietMinutes }) => `Claude Code has not ended unexpectedly for ${quietMinutes} minutes.`,
  },
  new_version: {
    begins: ({ installed, running }) =>
      `**claude-coord ${installed} is installed**, and ${running} still runs. The new one counts after a restart: \`systemctl restart claude-coord\`.`,
    over: ({ installed }) => `claude-coord ${installed} runs now.`,
  },
  audit_failing: {
    begins: ({ file, why }) =>
      `**The audit log can't be written**: ${why}. People are still answered, but who does what is not written down. Look at \`${file}\` and its folder.`,
    over: () => "The audit log is written again; it says how many records are missing.",
  },
  daemon_crashed: {
    begins: ({ errorId, startedAtMs, hasSaidWhy }) =>
      `**I was restarted after ${hasSaidWhy ? "a crash" : "I had ended without stopping"}** (running since ${time(startedAtMs, "f")}): ${hasSaidWhy ? "an error that nobody caught, which is a bug" : "a crash, a kill, or the machine went down"}. Turns that ran then go on. Error id: **${errorId}** (\`claude-coord errors show ${errorId}\`).`,
    over: () => "",
  },
};

function time(ms: string | number | undefined, style: "f" | "R" = "R"): string {
  return discordTime(Number(ms), style);
}
