import { type InteractionHandler, interactionHandler, type Subject } from "../interactions/handler.ts";
import type { CommandsDeps } from "./commands-deps.ts";

/** `/help`: what can be done here, for those who may talk in any project of the guild. */
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
        "- `/stop` ends what runs; what you asked yourself is yours to stop",
        "- `/queue` shows what waits, with buttons to cancel it",
        "- `/status` lists the conversations that you may see",
        "- `/session` names the session, to go on with it in a terminal",
        "- `/compact`, `/context`, `/usage` shorten the session, show what fills it, show what it used",
        "- **Ask Claude about this**, in a message's menu under *Apps*",
        ...(may("manage")
          ? ["- `/model` shows or changes the model", "- `/reset` lets Claude forget and start anew"]
          : ["-# `/model` and `/reset` need the Manage Server permission."]),
      ].join("\n");
      await answer.reply({ content });
    },
  });
}
