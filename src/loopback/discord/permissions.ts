import { ChannelType, OverwriteType, PermissionFlagsBits } from "discord-api-types/v10";
import { refusal } from "./api-error.ts";
import { rulingChannel } from "./lookups.ts";
import type { StoredChannel, StoredMember, World } from "./world.ts";

/** Every permission that Discord knows today. */
export const ALL_PERMISSIONS = Object.values(PermissionFlagsBits).reduce((sum, bit) => sum | bit, 0n);

/** What @everyone may do in a new guild. */
export const EVERYONE_PERMISSIONS =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.SendMessagesInThreads |
  PermissionFlagsBits.CreatePublicThreads |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.AddReactions |
  PermissionFlagsBits.UseExternalEmojis |
  PermissionFlagsBits.ReadMessageHistory |
  PermissionFlagsBits.UseApplicationCommands |
  PermissionFlagsBits.ChangeNickname;

/** What the member may do in the guild, or in the channel with its overwrites, computed as Discord's docs say. */
export function permissionsOf(world: World, userId: string, channel?: StoredChannel): bigint {
  if (channel !== undefined && !channel.inGuild) return dmPermissions(world, userId, channel);
  if (userId === world.ownerId) return ALL_PERMISSIONS;
  const member = world.members.get(userId);
  if (member === undefined) return 0n;
  let permissions = rolePermissions(world, member);
  if ((permissions & PermissionFlagsBits.Administrator) !== 0n) return ALL_PERMISSIONS;
  if (channel !== undefined) {
    permissions = withOverwrites(world, member, rulingChannel(world, channel), permissions);
    permissions = withImplied(permissions, channel);
    if (isHiddenPrivateThread(channel, userId, permissions)) return 0n;
  }
  const timedOut = member.timedOutUntilMs !== null && member.timedOutUntilMs > world.now();
  return timedOut ? permissions & WHILE_TIMED_OUT : permissions;
}

/** Refuses with 50001 who may not view the channel, and with 50013 who lacks one of the permissions. */
export function requirePermissions(
  world: World,
  userId: string,
  channel: StoredChannel,
  ...needed: bigint[]
): void {
  const permissions = permissionsOf(world, userId, channel);
  if ((permissions & PermissionFlagsBits.ViewChannel) === 0n) throw refusal("missingAccess");
  for (const bit of needed) if ((permissions & bit) === 0n) throw refusal("missingPermissions");
}

/** Refuses with 50013 who lacks one of the permissions in the guild as a whole. */
export function requireGuildPermissions(world: World, userId: string, ...needed: bigint[]): void {
  const permissions = permissionsOf(world, userId);
  for (const bit of needed) if ((permissions & bit) === 0n) throw refusal("missingPermissions");
}

/** Whether the user may view the channel; a private thread, only who is in it or manages threads. */
export function mayView(world: World, userId: string, channel: StoredChannel): boolean {
  return (permissionsOf(world, userId, channel) & PermissionFlagsBits.ViewChannel) !== 0n;
}

const WHILE_TIMED_OUT = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory;

function rolePermissions(world: World, member: StoredMember): bigint {
  return [world.guildId, ...member.roleIds].reduce(
    (sum, roleId) => sum | BigInt(world.roles.get(roleId)?.permissions ?? 0),
    0n,
  );
}

function withOverwrites(world: World, member: StoredMember, channel: StoredChannel, base: bigint): bigint {
  const apply = (permissions: bigint, deny: bigint, allow: bigint) => (permissions & ~deny) | allow;
  const everyone = channel.overwrites.get(world.guildId);
  let permissions = apply(base, BigInt(everyone?.deny ?? 0), BigInt(everyone?.allow ?? 0));
  let deny = 0n;
  let allow = 0n;
  for (const roleId of member.roleIds) {
    const overwrite = channel.overwrites.get(roleId);
    if (overwrite?.type !== OverwriteType.Role) continue;
    deny |= BigInt(overwrite.deny);
    allow |= BigInt(overwrite.allow);
  }
  permissions = apply(permissions, deny, allow);
  const own = channel.overwrites.get(member.userId);
  return apply(permissions, BigInt(own?.deny ?? 0), BigInt(own?.allow ?? 0));
}

/** Without View Channel nothing is left; without the right to send, nothing that only a message can carry. */
function withImplied(permissions: bigint, channel: StoredChannel): bigint {
  if ((permissions & PermissionFlagsBits.ViewChannel) === 0n) return 0n;
  const sending =
    channel.thread === undefined
      ? PermissionFlagsBits.SendMessages
      : PermissionFlagsBits.SendMessagesInThreads;
  if ((permissions & sending) !== 0n) return permissions;
  return (
    permissions &
    ~(
      PermissionFlagsBits.MentionEveryone |
      PermissionFlagsBits.SendTTSMessages |
      PermissionFlagsBits.AttachFiles |
      PermissionFlagsBits.EmbedLinks
    )
  );
}

function isHiddenPrivateThread(channel: StoredChannel, userId: string, permissions: bigint): boolean {
  if (channel.type !== ChannelType.PrivateThread || channel.thread === undefined) return false;
  const managesThreads = (permissions & PermissionFlagsBits.ManageThreads) !== 0n;
  return !managesThreads && !channel.thread.members.has(userId);
}

function dmPermissions(world: World, userId: string, channel: StoredChannel): bigint {
  if (userId !== world.botId && userId !== channel.recipientId) return 0n;
  return DM_PERMISSIONS;
}

const DM_PERMISSIONS =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.AddReactions |
  PermissionFlagsBits.ReadMessageHistory |
  PermissionFlagsBits.UseExternalEmojis |
  PermissionFlagsBits.UseApplicationCommands;
