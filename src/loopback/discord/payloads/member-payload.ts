import type { APIGuildMember, APIUser, GuildMemberFlags, UserFlags } from "discord-api-types/v10";
import { memberOf } from "../lookups.ts";
import type { StoredMember, World } from "../world.ts";

/** A member where the user is told beside it. */
export type MemberWithoutUser = Omit<APIGuildMember, "user">;

/** A member as REST and the gateway give it. */
export function memberPayload(world: World, userId: string): APIGuildMember {
  return { ...memberWithoutUser(memberOf(world, userId)), user: userPayload(world, userId) };
}

/** The `member` of a message, whose user is its author. */
export function memberWithoutUser(member: StoredMember): MemberWithoutUser {
  return {
    roles: [...member.roleIds],
    nick: member.nick,
    avatar: null,
    banner: null,
    joined_at: new Date(member.joinedAtMs).toISOString(),
    premium_since: null,
    communication_disabled_until:
      member.timedOutUntilMs === null ? null : new Date(member.timedOutUntilMs).toISOString(),
    pending: false,
    deaf: false,
    mute: false,
    flags: 0 as GuildMemberFlags,
  };
}

/** A user; one who is gone from the world shows as Discord's deleted user. */
export function userPayload(world: World, userId: string): APIUser {
  const user = world.users.get(userId);
  if (user !== undefined) return { ...user };
  return {
    id: userId,
    username: "deleted_user",
    discriminator: "0",
    global_name: null,
    avatar: null,
    public_flags: 0 as UserFlags,
    flags: 0 as UserFlags,
    primary_guild: null,
  };
}
