import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ChannelType,
  InteractionContextType,
  type RESTPostAPIApplicationCommandsJSONBody,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import { ASK_ABOUT } from "./ask-about.ts";

/**
 * The commands as Discord is told of them. Who may use which is judged when it is used: `default_member_permissions`
 * only hides them, and knows nothing of our access rules.
 */
export const COMMANDS: readonly RESTPostAPIApplicationCommandsJSONBody[] = [
  command("help", "What can be done here"),
  command("stop", "Stop what Claude does in this channel"),
  command("status", "The conversations that you may see"),
  command("queue", "What waits in this channel"),
  {
    ...command("model", "Show or change the model of this channel"),
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: "name",
        description: "An alias like sonnet, or a model's full name",
        autocomplete: true,
      },
    ],
  },
  {
    ...command("reset", "Let Claude forget this channel's session and start a new one"),
    options: [
      {
        type: ApplicationCommandOptionType.Channel,
        name: "channel",
        description: "Another channel or thread",
        channel_types: [
          ChannelType.GuildText,
          ChannelType.GuildAnnouncement,
          ChannelType.PublicThread,
          ChannelType.PrivateThread,
          ChannelType.AnnouncementThread,
        ],
      },
    ],
  },
  command("session", "This channel's session, and how to go on with it in a terminal"),
  command("compact", "Shorten what Claude remembers of this session"),
  command("context", "What fills the context of this session"),
  command("usage", "What this session used"),
  { type: ApplicationCommandType.Message, name: ASK_ABOUT, contexts: [InteractionContextType.Guild] },
];

function command(name: string, description: string) {
  return {
    type: ApplicationCommandType.ChatInput as const,
    name,
    description,
    contexts: [InteractionContextType.Guild],
  } satisfies RESTPostAPIChatInputApplicationCommandsJSONBody;
}
