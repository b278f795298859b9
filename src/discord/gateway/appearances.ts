import {
  type Client,
  Events,
  GatewayDispatchEvents,
  type GuildMember,
  type PartialGuildMember,
  type Role,
} from "discord.js";
import type { Snowflake } from "../../core/projects/project.ts";

/**
 * Tells of channels and threads that have come into the bot's view, and may have been written in before: threads
 * that are new or to which it was added, and, with `onAccess`, that any channel may be one, since roles have changed.
 */
export function watchAppearances(
  client: Client,
  {
    onAppeared,
    onAccess,
  }: {
    readonly onAppeared: (channelId: Snowflake, parentChannelId: Snowflake | undefined) => void;
    readonly onAccess: () => void;
  },
): void {
  client.on(Events.ThreadCreate, ({ id, parentId }) => onAppeared(id, parentId ?? undefined));
  client.on(Events.ThreadListSync, (threads) => {
    for (const { id, parentId } of threads.values()) onAppeared(id, parentId ?? undefined);
  });
  client.on(Events.ChannelUpdate, (old, now) => {
    if (old.isDMBased() || now.isDMBased()) return;
    const overwrites = (channel: typeof now) =>
      "permissionOverwrites" in channel ? JSON.stringify(channel.permissionOverwrites.cache.toJSON()) : "";
    if (overwrites(old) !== overwrites(now)) onAppeared(now.id, undefined);
  });
  client.on(Events.GuildRoleUpdate, (old: Role, now: Role) => {
    if (old.permissions.bitfield !== now.permissions.bitfield) onAccess();
  });
  client.on(Events.GuildMemberUpdate, (old: GuildMember | PartialGuildMember, now: GuildMember) => {
    if (now.id !== client.user?.id) return;
    if (String([...old.roles.cache.keys()].sort()) !== String([...now.roles.cache.keys()].sort())) onAccess();
  });
  // A guild comes back after a breakdown at Discord, or the bot after somebody had removed it. Those that come with a
  // new session are looked at once that is complete.
  let isComplete = false;
  client.on(Events.Raw, ({ t }: { t?: string }) => {
    if (t === GatewayDispatchEvents.Ready) isComplete = false;
  });
  client.on(Events.ShardReady, () => {
    isComplete = true;
  });
  const onGuild = () => {
    if (isComplete) onAccess();
  };
  client.on(Events.GuildAvailable, onGuild);
  client.on(Events.GuildCreate, onGuild);
}
