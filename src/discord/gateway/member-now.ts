import { type Client, DiscordAPIError, PermissionFlagsBits, Routes } from "discord.js";
import { z } from "zod";
import type { Actor } from "../../core/access/access.ts";
import type { Snowflake } from "../../core/projects/project.ts";

/** What we judge somebody by, of Discord's guild member object. */
const memberShape = z.object({
  user: z.object({ id: z.string(), bot: z.boolean().optional() }),
  roles: z.array(z.string()),
  communication_disabled_until: z.string().nullish(),
});

/**
 * A member as Discord has them now: the caches know roles of the last time that something was heard of somebody.
 * Somebody who has left is nobody's member. Rejects when it can't be known, also when the answer makes no sense.
 */
export async function memberNow(client: Client, guildId: Snowflake, userId: Snowflake): Promise<Actor> {
  const guild = client.guilds.cache.get(guildId);
  // READY names every guild of the bot, also one that has an outage: what is not among them has sent the bot away.
  if (guild === undefined && client.isReady()) return { ...NOBODY, userId };
  if (!guild?.available) throw new Error(`the guild ${guildId} is not known yet`);
  const answer = await client.rest.get(Routes.guildMember(guildId, userId)).catch(goneAsUndefined);
  if (answer === undefined) return { ...NOBODY, userId };
  const member = memberShape.parse(answer);
  if (member.user.id !== userId) throw new Error(`asked for the member ${userId}, got ${member.user.id}`);

  const roles = guild.roles.cache.filter(({ id }) => id === guildId || member.roles.includes(id));
  const has = (permission: bigint) =>
    guild.ownerId === userId || roles.some((role) => role.permissions.has(permission));
  const until = member.communication_disabled_until;
  return {
    userId,
    kind: member.user.bot ? "bot" : "member",
    guildId,
    roleIds: member.roles,
    administrator: has(PermissionFlagsBits.Administrator),
    manageGuild: has(PermissionFlagsBits.ManageGuild),
    timedOutUntilMs: until ? Date.parse(until) : undefined,
  };
}

const NOBODY: Omit<Actor, "userId"> = {
  kind: "member",
  guildId: undefined,
  roleIds: [],
  administrator: false,
  manageGuild: false,
  timedOutUntilMs: undefined,
};

/** Unknown Member, or a guild that the bot may not see any more; anything else may pass. */
function goneAsUndefined(error: unknown): undefined {
  if (error instanceof DiscordAPIError && (error.status === 404 || error.status === 403)) return undefined;
  throw error;
}
