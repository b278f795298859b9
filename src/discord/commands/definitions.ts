import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ChannelType,
  InteractionContextType,
  type RESTPostAPIApplicationCommandsJSONBody,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import { OF_SESSION } from "../usage/usage-command.ts";
import { ASK_ABOUT } from "./ask-about.ts";
import { PERMISSION_MODES } from "./permission-modes.ts";

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
  {
    ...command("usage", "Cost, tokens and turns by project and day"),
    options: [
      {
        type: ApplicationCommandOptionType.Integer,
        name: "days",
        description: "How many days back, 30 unless given",
        min_value: 1,
        max_value: 366,
      },
      { type: ApplicationCommandOptionType.String, name: "project", description: "Only this project" },
      {
        type: ApplicationCommandOptionType.String,
        name: "of",
        description: "What this channel's session used, as Claude Code itself tells it",
        choices: [{ name: "this session, in Claude Code's words", value: OF_SESSION }],
      },
    ],
  },
  {
    ...command("permissions", "How much Claude asks here, and what it need not ask about"),
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: "mode",
        description: "Change it, for the whole project",
        choices: [...PERMISSION_MODES],
      },
    ],
  },
  {
    ...command("add-project", "Give a channel a project: a folder, or a repository to clone"),
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: "project_name",
        description: "What the project is called",
        required: true,
        max_length: 60,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: "git_url",
        description: "A repository to clone, by https or ssh",
        max_length: 500,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: "directory",
        description:
          "A folder in projects_root, made if it is not there; without it, one named like the project",
        autocomplete: true,
        max_length: 500,
      },
      {
        type: ApplicationCommandOptionType.Channel,
        name: "channel",
        description: "The project's channel, if it is not this one",
        channel_types: [ChannelType.GuildText, ChannelType.GuildAnnouncement, ChannelType.GuildForum],
      },
      {
        type: ApplicationCommandOptionType.Channel,
        name: "category",
        description: "Make a new channel in this category",
        channel_types: [ChannelType.GuildCategory],
      },
      {
        type: ApplicationCommandOptionType.String,
        name: "model",
        description: "An alias like sonnet, or a model's full name",
        autocomplete: true,
        max_length: 100,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: "permission_mode",
        description: "How much Claude asks before it uses a tool",
        choices: [...PERMISSION_MODES],
      },
    ],
  },
  {
    ...command("remove-project", "Let a channel be no project any more; its folder and sessions stay"),
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: "project_name",
        description: "Which project, if it is not this channel's",
        autocomplete: true,
      },
    ],
  },
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
