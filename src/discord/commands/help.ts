import type { Action } from "../../core/access/access.ts";
import { type InteractionHandler, interactionHandler, type Subject } from "../interactions/handler.ts";
import { ASK_ABOUT } from "./ask-about.ts";
import type { CommandsDeps } from "./commands-deps.ts";

/** `/help`: what this person can do here, for those who may talk in any project of the guild. */
export function helpCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<Subject>({
    action: "talk",
    subject: ({ guildId }) => {
      const projects = deps.projects().filter(({ channelId }) => deps.guildOf(channelId) === guildId);
      return projects.length === 0 ? "No project belongs to this guild." : { guildId, projects };
    },
    run: async ({ projects, answer, may }) => {
      const channels = projects.slice(0, 10).map(({ channelId }) => `<#${channelId}>`);
      const content = [
        `Mention me with a question or a task in ${channels.join(", ")}. I remember what was said in a channel.`,
        ...HELP.filter(({ action }) => may(action)).map(({ line }) => `- ${line}`),
        ...MISSING.filter(({ action }) => !may(action)).map(({ action, needs }) => {
          const names = HELP.filter((entry) => entry.action === action).map(({ name }) => `\`/${name}\``);
          return `-# ${names.join(", ")}: ${needs}`;
        }),
      ].join("\n");
      await answer.reply({ content });
    },
  });
}

/** What stands in `/help` for each command, in the order in which a newcomer needs them. */
export const HELP: readonly HelpEntry[] = [
  { name: "help", action: "talk", line: "`/help` shows this" },
  { name: "stop", action: "talk", line: "`/stop` ends what runs; what you asked yourself is yours to stop" },
  { name: "queue", action: "talk", line: "`/queue` shows what waits, with buttons to cancel it" },
  { name: "status", action: "talk", line: "`/status` lists the conversations that you may see" },
  {
    name: "session",
    action: "talk",
    line: "`/session` goes back to an earlier session, forks, names or exports one, or takes it to a terminal",
  },
  { name: "context", action: "talk", line: "`/context` shows what fills the session" },
  { name: "usage", action: "talk", line: "`/usage` shows what was spent, by project and day" },
  { name: "compact", action: "talk", line: "`/compact` shortens what Claude remembers of it" },
  {
    name: "permissions",
    action: "talk",
    line: "`/permissions` shows what Claude need not ask about, and takes back what was allowed for the session",
  },
  { name: ASK_ABOUT, action: "talk", line: `**${ASK_ABOUT}**, in a message's menu under *Apps*` },
  { name: "model", action: "manage", line: "`/model` shows or changes the model" },
  { name: "reset", action: "manage", line: "`/reset` lets Claude forget and start anew" },
  { name: "add-project", action: "admin", line: "`/add-project` gives a channel a project" },
  { name: "remove-project", action: "admin", line: "`/remove-project` takes it away; its folder stays" },
];

export interface HelpEntry {
  /** As Discord knows the command. */
  readonly name: string;
  /** The right that the command's handler asks for. */
  readonly action: Action;
  readonly line: string;
}

const MISSING = [
  { action: "manage", needs: "for members with Manage Server" },
  { action: "admin", needs: "for administrators" },
] as const;
