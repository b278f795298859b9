import { type APIRole, GatewayDispatchEvents, OverwriteType } from "discord-api-types/v10";
import { refusal } from "./api-error.ts";
import { channelChanged } from "./channels.ts";
import { createRole, joinGuild, leaveGuild, memberChanged } from "./guild.ts";
import { channelOf, memberOf } from "./lookups.ts";
import { guildDispatch } from "./payloads/guild-payload.ts";
import type { Ref } from "./people/acting.ts";
import { withThreadListSync } from "./thread-list-sync.ts";
import { threadChanged } from "./thread-state.ts";
import { deleteChannel } from "./threads.ts";
import type { World } from "./world.ts";

/** What the guild's managers can change behind the bot's back. */
export interface GuildControl {
  readonly id: string;
  readonly name: string;
  addRole(name: string, options?: { permissions?: bigint; mentionable?: boolean }): APIRole;
  setRolePermissions(role: Ref, permissions: bigint): void;
  /** The bot's own role: what it may do wherever no overwrite says otherwise. */
  setBotPermissions(permissions: bigint): void;
  /** What a role or member may and may not do in one channel; `@everyone` is the guild's id. */
  setOverwrite(channel: Ref, who: Ref, overwrite: { allow?: bigint; deny?: bigint }): void;
  setRoles(member: Ref, roles: readonly Ref[]): void;
  /** Times a member out until then (ms since the epoch); undefined lifts it. */
  timeOut(member: Ref, untilMs: number | undefined): void;
  removeMember(member: Ref): void;
  /** As a manager who kicks the bot. */
  removeBot(): void;
  /** As a manager who follows the bot's invite link. */
  addBot(): void;
  renameChannel(channel: Ref, name: string): void;
  deleteChannel(channel: Ref): void;
  /** The member takes no DMs from the bot any more: sending one is refused with 50007. */
  closeDms(member: Ref): void;
}

/** The managers' hand on this world's guild. */
export function createGuildControl(world: World): GuildControl {
  const idOf = (ref: Ref) => (typeof ref === "string" ? ref : ref.id);
  const setRolePermissions = (roleId: string, permissions: bigint) => {
    const role = world.roles.get(roleId);
    if (role === undefined) throw refusal("unknownRole");
    withThreadListSync(world, () => {
      role.permissions = String(permissions);
      world.emit({ type: GatewayDispatchEvents.GuildRoleUpdate, data: { guild_id: world.guildId, role } });
    });
  };
  return {
    id: world.guildId,
    name: world.guildName,
    addRole: (name, options = {}) =>
      createRole(world, {
        name,
        permissions: options.permissions ?? 0n,
        ...(options.mentionable === undefined ? {} : { mentionable: options.mentionable }),
      }),
    setRolePermissions: (role, permissions) => setRolePermissions(idOf(role), permissions),
    setBotPermissions: (permissions) => {
      const [own] = memberOf(world, world.botId).roleIds;
      setRolePermissions(own ?? "", permissions);
    },
    setOverwrite: (channelRef, who, { allow = 0n, deny = 0n }) => {
      const channel = channelOf(world, idOf(channelRef));
      const id = idOf(who);
      const type = world.roles.has(id) ? OverwriteType.Role : OverwriteType.Member;
      withThreadListSync(world, () => {
        channel.overwrites.set(id, { id, type, allow: String(allow), deny: String(deny) });
        channelChanged(world, channel);
      });
    },
    setRoles: (member, roles) => {
      withThreadListSync(world, () => {
        memberOf(world, idOf(member)).roleIds = roles.map(idOf);
        memberChanged(world, idOf(member));
      });
    },
    timeOut: (member, untilMs) => {
      memberOf(world, idOf(member)).timedOutUntilMs = untilMs ?? null;
      memberChanged(world, idOf(member));
    },
    removeMember: (member) => leaveGuild(world, idOf(member)),
    removeBot: () => {
      leaveGuild(world, world.botId);
      world.emit({ type: GatewayDispatchEvents.GuildDelete, data: { id: world.guildId } });
    },
    addBot: () => {
      const user = world.users.get(world.botId);
      const own = [...world.roles.values()].find(({ tags }) => tags?.bot_id === world.botId);
      if (user === undefined || own === undefined) throw refusal("unknownUser");
      joinGuild(world, user, [own.id]);
      world.emit({ type: GatewayDispatchEvents.GuildCreate, data: guildDispatch(world) });
    },
    renameChannel: (channelRef, name) => {
      const channel = channelOf(world, idOf(channelRef));
      channel.name = name;
      if (channel.thread === undefined) channelChanged(world, channel);
      else threadChanged(world, channel);
    },
    deleteChannel: (channel) => deleteChannel(world, channelOf(world, idOf(channel))),
    closeDms: (member) => {
      world.closedDms.add(idOf(member));
    },
  };
}
