import { type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import { discordTime } from "../reply/amounts.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type Place, placeOf } from "./place.ts";

const RECENT = 5;

/** `/session`: the id of the channel's session, how to go on with it in a terminal, and those before it. */
export function sessionCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<Place>({
    action: "talk",
    subject: (interaction) => placeOf(interaction, deps.projects()),
    run: async ({ subject: { project, conversationId }, answer }) => {
      const session = deps.sessions.current(conversationId);
      const now =
        session === undefined
          ? ["There is no session here yet: the next message starts one."]
          : [
              `Session \`${session.sessionId}\`, ${session.messageCount} messages.`,
              "To go on with it in a terminal on the bot's host, while nobody talks to it here:",
              `\`\`\`sh\ncd ${project.projectDir}\nclaude --resume ${session.sessionId}\n\`\`\``,
            ];
      const past = deps.pastSessions(conversationId).slice(0, RECENT);
      const before = past.map(
        ({ sessionId, messageCount, lastActiveMs, reason }) =>
          `- \`${sessionId}\` · ${messageCount} messages · ${discordTime(lastActiveMs, "R")} · ${cut(escaped(reason), 80)}`,
      );
      const heading = before.length === 0 ? [] : ["Before it:"];
      await answer.reply({ content: [...now, ...heading, ...before].join("\n") });
    },
  });
}
