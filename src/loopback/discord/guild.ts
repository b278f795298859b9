import {
  type APIRole,
  type APIUser,
  GatewayDispatchEvents,
  type GatewayGuildMemberUpdateDispatchData,
  type RoleFlags,
  type UserFlags,
} from "discord-api-types/v10";
import { memberPayload } from "./payloads/member-payload.ts";
import { EVERYONE_PERMISSIONS } from "./permissions.ts";
import type { StoredMember, World } from "./world.ts";

/** Puts @everyone, the owner and the bot with its own role into a new world. */
export function foundGuild(world: World, bot: { username: string; permissions: bigint }): void {
  createRole(world, { id: world.guildId, name: "@everyone", permissions: EVERYONE_PERMISSIONS });
  joinGuild(world, createUser(world, { id: world.ownerId, username: "owner" }));
  const user = createUser(world, { id: world.botId, username: bot.username, bot: true });
  const role = createRole(world, { name: bot.username, permissions: bot.permissions, botId: user.id });
  joinGuild(world, user, [role.id]);
}

/** A user who is in no guild yet; a bot has no display name. */
export function createUser(
  world: World,
  user: { id?: string; username: string; globalName?: string; bot?: boolean },
): APIUser {
  const created: APIUser = {
    id: user.id ?? world.nextId(),
    username: user.username,
    discriminator: user.bot === true ? "0001" : "0",
    global_name: user.bot === true ? null : (user.globalName ?? user.username),
    avatar: null,
    public_flags: 0 as UserFlags,
    flags: 0 as UserFlags,
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    primary_guild: null,
    ...(user.bot === true ? { bot: true } : {}),
  };
  world.users.set(created.id, created);
  return created;
}

/** Makes a user a member of the guild. */
export function joinGuild(world: World, user: APIUser, roleIds: readonly string[] = []): StoredMember {
  const member: StoredMember = {
    userId: user.id,
    roleIds: [...roleIds],
    nick: null,
    joinedAtMs: world.now(),
    timedOutUntilMs: null,
  };
  world.members.set(user.id, member);
  world.emit({
    type: GatewayDispatchEvents.GuildMemberAdd,
    data: { ...memberPayload(world, user.id), guild_id: world.guildId },
  });
  return member;
}

/** Takes a member out of the guild: left, kicked or banned. */
export function leaveGuild(world: World, userId: string): void {
  if (!world.members.delete(userId)) return;
  const user = world.users.get(userId);
  if (user === undefined) return;
  world.emit({ type: GatewayDispatchEvents.GuildMemberRemove, data: { user, guild_id: world.guildId } });
}

/** Tells that a member is no longer as they were. */
export function memberChanged(world: World, userId: string): void {
  world.emit({
    type: GatewayDispatchEvents.GuildMemberUpdate,
    data: {
      ...memberPayload(world, userId),
      guild_id: world.guildId,
    } as GatewayGuildMemberUpdateDispatchData,
  });
}

/** A role; `botId` makes it the managed role of a bot. */
export function createRole(
  world: World,
  role: {
    id?: string;
    name: string;
    permissions: bigint;
    mentionable?: boolean;
    color?: number;
    hoist?: boolean;
    botId?: string;
  },
): APIRole {
  const created: APIRole = {
    id: role.id ?? world.nextId(),
    name: role.name,
    color: role.color ?? 0,
    colors: { primary_color: role.color ?? 0, secondary_color: null, tertiary_color: null },
    hoist: role.hoist ?? false,
    icon: null,
    unicode_emoji: null,
    position: world.roles.size,
    permissions: String(role.permissions),
    managed: role.botId !== undefined,
    mentionable: role.mentionable ?? false,
    flags: 0 as RoleFlags,
    ...(role.botId === undefined ? {} : { tags: { bot_id: role.botId } }),
  };
  world.roles.set(created.id, created);
  world.emit({
    type: GatewayDispatchEvents.GuildRoleCreate,
    data: { guild_id: world.guildId, role: created },
  });
  return created;
}
