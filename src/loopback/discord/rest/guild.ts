import { GatewayDispatchEvents, PermissionFlagsBits } from "discord-api-types/v10";
import { z } from "zod";
import { refusal } from "../api-error.ts";
import { createRole, leaveGuild, memberChanged } from "../guild.ts";
import { memberOf } from "../lookups.ts";
import { guildPayload } from "../payloads/guild-payload.ts";
import { memberPayload, userPayload } from "../payloads/member-payload.ts";
import { requireGuildPermissions } from "../permissions.ts";
import { compareSnowflakes } from "../snowflakes.ts";
import type { World } from "../world.ts";
import { parseAs, queryNumber } from "./parse.ts";
import type { AddRoute } from "./router.ts";

const roleBody = z.object({
  name: z.string().max(100).nullish(),
  permissions: z.union([z.string(), z.number()]).nullish(),
  color: z.number().int().nullish(),
  colors: z.object({ primary_color: z.number().int() }).nullish(),
  hoist: z.boolean().nullish(),
  mentionable: z.boolean().nullish(),
});

const memberBody = z.object({
  nick: z.string().max(32).nullish(),
  roles: z.array(z.string()).nullish(),
  communication_disabled_until: z.string().nullish(),
});

/** The guild: itself, its roles, its members, its bans. */
export function addGuildRoutes(world: World, add: AddRoute): void {
  add("GET", "/guilds/:guildId", ({ param }) => {
    if (param("guildId") !== world.guildId || !world.members.has(world.botId)) throw refusal("unknownGuild");
    return {
      ...guildPayload(world),
      approximate_member_count: world.members.size,
      approximate_presence_count: 1,
      home_header: null,
      nsfw: false,
    };
  });
  addRoleRoutes(world, add);
  addMemberRoutes(world, add);
  addBanRoutes(world, add);
}

function addRoleRoutes(world: World, add: AddRoute): void {
  const roleOf = (roleId: string) => {
    const role = world.roles.get(roleId);
    if (role === undefined) throw refusal("unknownRole");
    return role;
  };
  add("GET", "/guilds/:guildId/roles", () => [...world.roles.values()]);
  add("GET", "/guilds/:guildId/roles/:roleId", ({ param }) => roleOf(param("roleId")));
  add("POST", "/guilds/:guildId/roles", ({ body }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.ManageRoles);
    const parsed = parseAs(roleBody, body);
    return createRole(world, {
      name: parsed.name ?? "new role",
      permissions: BigInt(parsed.permissions ?? roleOf(world.guildId).permissions),
      mentionable: parsed.mentionable ?? false,
      hoist: parsed.hoist ?? false,
      color: parsed.color ?? parsed.colors?.primary_color ?? 0,
    });
  });
  add("PATCH", "/guilds/:guildId/roles/:roleId", ({ param, body }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.ManageRoles);
    const role = roleOf(param("roleId"));
    const parsed = parseAs(roleBody, body);
    role.name = parsed.name ?? role.name;
    role.permissions = String(parsed.permissions ?? role.permissions);
    role.mentionable = parsed.mentionable ?? role.mentionable;
    role.hoist = parsed.hoist ?? role.hoist;
    role.color = parsed.color ?? parsed.colors?.primary_color ?? role.color;
    world.emit({ type: GatewayDispatchEvents.GuildRoleUpdate, data: { guild_id: world.guildId, role } });
    return role;
  });
  add("DELETE", "/guilds/:guildId/roles/:roleId", ({ param }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.ManageRoles);
    const role = roleOf(param("roleId"));
    world.roles.delete(role.id);
    for (const member of world.members.values()) {
      member.roleIds = member.roleIds.filter((roleId) => roleId !== role.id);
    }
    world.emit({
      type: GatewayDispatchEvents.GuildRoleDelete,
      data: { guild_id: world.guildId, role_id: role.id },
    });
  });
}

function addMemberRoutes(world: World, add: AddRoute): void {
  const member = "/guilds/:guildId/members/:userId";
  add("GET", "/guilds/:guildId/members", ({ query }) => {
    const limit = queryNumber(query, "limit", { min: 1, max: 1000, otherwise: 1 });
    const after = query.get("after") ?? "0";
    return [...world.members.keys()]
      .sort(compareSnowflakes)
      .filter((userId) => compareSnowflakes(userId, after) > 0)
      .slice(0, limit)
      .map((userId) => memberPayload(world, userId));
  });
  add("GET", "/guilds/:guildId/members/search", ({ query }) => {
    const limit = queryNumber(query, "limit", { min: 1, max: 1000, otherwise: 1 });
    const start = (query.get("query") ?? "").toLowerCase();
    return [...world.members.values()]
      .filter(({ userId, nick }) =>
        (nick ?? world.users.get(userId)?.username ?? "").toLowerCase().startsWith(start),
      )
      .slice(0, limit)
      .map(({ userId }) => memberPayload(world, userId));
  });
  add("GET", member, ({ param }) => memberPayload(world, param("userId")));
  add("PATCH", member, ({ param, body }) => {
    const found = memberOf(world, param("userId"));
    const parsed = parseAs(memberBody, body);
    requireGuildPermissions(
      world,
      world.botId,
      ...(parsed.nick === undefined ? [] : [PermissionFlagsBits.ManageNicknames]),
      ...(parsed.roles ? [PermissionFlagsBits.ManageRoles] : []),
      ...(parsed.communication_disabled_until === undefined ? [] : [PermissionFlagsBits.ModerateMembers]),
    );
    if (parsed.nick !== undefined) found.nick = parsed.nick;
    if (parsed.roles) found.roleIds = [...parsed.roles];
    if (parsed.communication_disabled_until !== undefined) {
      const until = parsed.communication_disabled_until;
      found.timedOutUntilMs = until === null ? null : Date.parse(until);
    }
    memberChanged(world, found.userId);
    return memberPayload(world, found.userId);
  });
  add("DELETE", member, ({ param }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.KickMembers);
    leaveGuild(world, memberOf(world, param("userId")).userId);
  });
  add("PUT", `${member}/roles/:roleId`, ({ param }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.ManageRoles);
    const found = memberOf(world, param("userId"));
    if (!world.roles.has(param("roleId"))) throw refusal("unknownRole");
    found.roleIds = [...new Set([...found.roleIds, param("roleId")])];
    memberChanged(world, found.userId);
  });
  add("DELETE", `${member}/roles/:roleId`, ({ param }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.ManageRoles);
    const found = memberOf(world, param("userId"));
    found.roleIds = found.roleIds.filter((roleId) => roleId !== param("roleId"));
    memberChanged(world, found.userId);
  });
}

function addBanRoutes(world: World, add: AddRoute): void {
  const emitBan = (
    type: GatewayDispatchEvents.GuildBanAdd | GatewayDispatchEvents.GuildBanRemove,
    userId: string,
  ) => world.emit({ type, data: { guild_id: world.guildId, user: userPayload(world, userId) } });
  add("GET", "/guilds/:guildId/bans", () =>
    [...world.bans].map((userId) => ({ reason: null, user: userPayload(world, userId) })),
  );
  add("PUT", "/guilds/:guildId/bans/:userId", ({ param }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.BanMembers);
    world.bans.add(param("userId"));
    emitBan(GatewayDispatchEvents.GuildBanAdd, param("userId"));
    leaveGuild(world, param("userId"));
  });
  add("DELETE", "/guilds/:guildId/bans/:userId", ({ param }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.BanMembers);
    if (world.bans.delete(param("userId"))) emitBan(GatewayDispatchEvents.GuildBanRemove, param("userId"));
  });
}
