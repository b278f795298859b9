import {
  type APIGuild,
  type APIGuildMember,
  type APIOverwrite,
  OverwriteType,
  PermissionFlagsBits,
  PermissionsBitField,
} from "discord.js";

export interface OverwrittenChannel {
  readonly permission_overwrites?: readonly APIOverwrite[];
}

/**
 * What a member may do in a channel, from Discord's payloads, in the order that
 * https://discord.com/developers/docs/topics/permissions gives.
 */
export function memberPermissions(
  { guild, member }: { guild: APIGuild; member: APIGuildMember },
  channel: OverwrittenChannel,
  nowMs: number,
): PermissionsBitField {
  const everything = new PermissionsBitField(PermissionsBitField.All);
  if (guild.owner_id === member.user.id) return everything;
  // The role that everyone has is named by the guild's own id.
  const roleIds = new Set([guild.id, ...member.roles]);
  let bits = sum(guild.roles.filter(({ id }) => roleIds.has(id)).map(({ permissions }) => permissions));
  if ((bits & PermissionFlagsBits.Administrator) !== 0n) return everything;

  const overwrites = channel.permission_overwrites ?? [];
  const ofEveryone = overwrites.filter(({ id }) => id === guild.id);
  const ofRoles = overwrites.filter(
    ({ id, type }) => type === OverwriteType.Role && id !== guild.id && roleIds.has(id),
  );
  const ofMember = overwrites.filter(({ id }) => id === member.user.id);
  for (const group of [ofEveryone, ofRoles, ofMember]) {
    bits = (bits & ~sum(group.map(({ deny }) => deny))) | sum(group.map(({ allow }) => allow));
  }
  const timedOutUntil = Date.parse(member.communication_disabled_until ?? "");
  return new PermissionsBitField(timedOutUntil > nowMs ? bits & WHILE_TIMED_OUT : bits);
}

const WHILE_TIMED_OUT = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory;

function sum(bits: readonly string[]): bigint {
  return bits.reduce((all, each) => all | BigInt(each), 0n);
}
