import { DiscordAPIError, type REST, Routes } from "discord.js";
import {
  type APIGuild,
  type APIGuildChannel,
  type APIGuildMember,
  ChannelType,
  RESTJSONErrorCodes,
} from "discord-api-types/v10";
import { snowflakeTimeMs } from "../../core/messages/catch-up.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { Addition, ProjectChannels } from "../../core/projects/addition.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import { memberPermissions, type OverwrittenChannel } from "../gateway/member-permissions.ts";
import { NEEDED_PERMISSIONS } from "./needed-permissions.ts";

/** The channels that new projects get, or are given. */
export function createProjectChannels(
  rest: REST,
  options: { readonly botId: () => Snowflake; readonly now: () => number },
): ProjectChannels {
  const check = async (channelId: Snowflake) => {
    const channel = await asked(() => rest.get(Routes.channel(channelId)));
    const { guild_id: guildId = "" } = channel as { guild_id?: Snowflake };
    const [guild, member] = await Promise.all([
      asked(() => rest.get(Routes.guild(guildId))),
      asked(() => rest.get(Routes.guildMember(guildId, options.botId()))),
    ]);
    const mine = { guild: guild as APIGuild, member: member as APIGuildMember };
    const permissions = memberPermissions(mine, channel as OverwrittenChannel, options.now());
    const missing = NEEDED_PERMISSIONS.filter(({ name, essential }) => essential && !permissions.has(name));
    if (missing.length === 0) return;
    const titles = missing.map(({ title }) => `**${title}**`).join(", ");
    throw refusal(
      `In <#${channelId}> I lack the permissions ${titles}. Give them to me there, and try again.`,
    );
  };

  return {
    check,

    make: async ({ guildId, channelName, projectName }, categoryId) => {
      const body = {
        name: channelName,
        type: ChannelType.GuildText,
        topic: topicOf(projectName),
        ...(categoryId === undefined ? {} : { parent_id: categoryId }),
      };
      const reason = `For the project ${projectName}`;
      const made = await asked(() => rest.post(Routes.guildChannels(guildId), { body, reason }));
      return (made as APIGuildChannel).id;
    },

    find: async ({ guildId, channelName, projectName, startedAtMs }) => {
      const channels = (await rest.get(Routes.guildChannels(guildId))) as Found[];
      return channels.find(
        ({ id, name, topic, last_message_id }) =>
          name === channelName &&
          topic === topicOf(projectName) &&
          (last_message_id ?? null) === null &&
          snowflakeTimeMs(id) > startedAtMs - CLOCK_DIFFERENCE_MS,
      )?.id;
    },

    remove: async (channelId) => {
      try {
        await rest.delete(Routes.channel(channelId), { reason: "Its project was not added" });
      } catch (error) {
        if (!isCode(error, RESTJSONErrorCodes.UnknownChannel)) throw error;
      }
    },
  };
}

/** A channel's name for a project: Discord writes the names of text channels small. */
export function channelNameFor(projectName: string): string {
  return projectName
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_-]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 100);
}

interface Found {
  readonly id: Snowflake;
  readonly name?: string;
  readonly topic?: string | null;
  readonly last_message_id?: Snowflake | null;
}

function topicOf(projectName: Addition["projectName"]): string {
  return `Claude Code works here on ${projectName}. Mention it with a question or a task.`;
}

/** Between Discord's clock and ours. */
const CLOCK_DIFFERENCE_MS = 10 * 60_000;

async function asked(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const known = REASONS.find(([code]) => isCode(error, code));
    if (known !== undefined) throw refusal(known[1], error);
    if (error instanceof DiscordAPIError && error.status < 500) {
      throw refusal(`Discord does not take that: ${error.message.split("\n").at(-1)}`, error);
    }
    throw error;
  }
}

const REASONS: readonly (readonly [RESTJSONErrorCodes, string])[] = [
  [
    RESTJSONErrorCodes.MissingAccess,
    "I can't see that channel. Give me **View Channel** there, and try again.",
  ],
  [RESTJSONErrorCodes.UnknownChannel, "That channel is gone."],
  [
    RESTJSONErrorCodes.MissingPermissions,
    "I may not make channels. Give me **Manage Channels**, or choose a channel that is there.",
  ],
  [
    RESTJSONErrorCodes.MaximumNumberOfGuildChannelsReached,
    "This server has as many channels as Discord allows.",
  ],
];

function isCode(error: unknown, code: RESTJSONErrorCodes): boolean {
  return error instanceof DiscordAPIError && error.code === code;
}

function refusal(message: string, cause?: unknown): CoordError {
  return new CoordError("project_not_added", message, { cause });
}
