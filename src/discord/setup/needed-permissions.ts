import { PermissionFlagsBits, type PermissionsString } from "discord.js";

/** A permission that the bot uses in a project's channel. */
export interface NeededPermission {
  readonly name: PermissionsString;
  /** As Discord's English settings call it. */
  readonly title: string;
  /** What does not work without it. */
  readonly without: string;
  /** Whether the bot is of no use without it. */
  readonly essential: boolean;
}

/** Everything that the bot does in a channel, as permissions. */
export const NEEDED_PERMISSIONS: readonly NeededPermission[] = [
  { name: "ViewChannel", title: "View Channel", without: "the bot sees no message", essential: true },
  { name: "SendMessages", title: "Send Messages", without: "the bot can't answer", essential: true },
  {
    name: "SendMessagesInThreads",
    title: "Send Messages in Threads",
    without: "the bot can't answer in threads",
    essential: true,
  },
  {
    name: "ReadMessageHistory",
    title: "Read Message History",
    without: "messages written while the bot was away are lost, and answers can't be replies",
    essential: true,
  },
  { name: "AddReactions", title: "Add Reactions", without: "the bot can't mark messages", essential: false },
  {
    name: "AttachFiles",
    title: "Attach Files",
    without: "long answers can't come as a file",
    essential: false,
  },
  { name: "EmbedLinks", title: "Embed Links", without: "links have no preview", essential: false },
  {
    name: "CreatePublicThreads",
    title: "Create Public Threads",
    without: "the bot can't open threads",
    essential: false,
  },
];

/** The address with which a person invites the bot, with all that it needs. */
export function inviteUrl(botId: string): string {
  const bits = NEEDED_PERMISSIONS.reduce((sum, { name }) => sum | PermissionFlagsBits[name], 0n);
  return `https://discord.com/oauth2/authorize?client_id=${botId}&scope=bot+applications.commands&permissions=${bits}`;
}
