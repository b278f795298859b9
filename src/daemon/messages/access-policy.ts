import type { Config } from "../../config/config.ts";
import type { AccessPolicy } from "../../core/access/access.ts";
import type { Snowflake } from "../../core/projects/project.ts";

/**
 * The config's rules, and the guilds in which they count: the one that it names, or those with a project's channel
 * or the set-up channel.
 * The bot may have been invited elsewhere too; there its rules say nothing.
 */
export function accessPolicy(
  { discord, projects, setupChannelId, access, admins }: Config,
  guildOf: (channelId: Snowflake) => Snowflake | undefined,
): AccessPolicy {
  const channelIds = [setupChannelId ?? [], projects.map(({ channelId }) => channelId)].flat();
  const ofChannels = channelIds.flatMap((channelId) => guildOf(channelId) ?? []);
  return {
    guildIds: discord.guildId === undefined ? [...new Set(ofChannels)] : [discord.guildId],
    access,
    admins,
  };
}
