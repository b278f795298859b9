import { PermissionFlagsBits } from "discord-api-types/v10";
import { guildDispatch } from "../../src/loopback/discord/payloads/guild-payload.ts";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";

/** A guild into which somebody has invited the bot; no project is there. */
export const OTHER_GUILD = {
  id: "990000000000000001",
  adminRole: "990000000000000002",
  channel: "990000000000000003",
};

/** Tells the bot of the other guild, as Discord does after an invitation. */
export function inviteElsewhere(discord: LoopbackDiscord): void {
  const own = guildDispatch(discord.world);
  const [everyone] = own.roles;
  const [channel] = own.channels;
  if (everyone === undefined || channel === undefined) throw new Error("the guild is empty");
  discord.faults.dispatch("GUILD_CREATE", {
    ...own,
    id: OTHER_GUILD.id,
    name: "Elsewhere",
    owner_id: "990000000000000004",
    roles: [
      { ...everyone, id: OTHER_GUILD.id },
      { ...everyone, id: OTHER_GUILD.adminRole, permissions: String(PermissionFlagsBits.Administrator) },
    ],
    channels: [{ ...channel, id: OTHER_GUILD.channel, guild_id: OTHER_GUILD.id, name: "elsewhere" }],
    threads: [],
  });
}
