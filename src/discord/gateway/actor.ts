import { type GuildMember, PermissionFlagsBits, type Typing, type User } from "discord.js";
import type { Actor } from "../../core/access/access.ts";

/** Somebody as Discord describes them at this moment; without a member record they belong to no guild. */
export function actorOf(
  user: User | Typing["user"],
  member: GuildMember | null,
  webhookId: string | null,
): Actor {
  // A webhook's author has bot set too, and an application's command answer a webhook id: both are no persons.
  const kind = webhookId !== null ? "webhook" : user.bot ? "bot" : "member";
  return { userId: user.id, kind, ...memberFacts(member?.id === user.id ? member : null) };
}

/** Without a member record there are no roles to judge by, so it counts as nobody's guild. */
function memberFacts(member: GuildMember | null): Omit<Actor, "userId" | "kind"> {
  return {
    guildId: member?.guild.id,
    roleIds: member ? [...member.roles.cache.keys()] : [],
    administrator: member?.permissions.has(PermissionFlagsBits.Administrator) ?? false,
    manageGuild: member?.permissions.has(PermissionFlagsBits.ManageGuild) ?? false,
    timedOutUntilMs: member?.communicationDisabledUntilTimestamp ?? undefined,
  };
}
