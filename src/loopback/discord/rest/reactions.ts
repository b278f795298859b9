import { PermissionFlagsBits } from "discord-api-types/v10";
import { refusal } from "../api-error.ts";
import { channelOf, messageOf } from "../lookups.ts";
import { userPayload } from "../payloads/member-payload.ts";
import { requirePermissions } from "../permissions.ts";
import { addReaction, clearReactions, parseEmoji, reactedUserIds, removeReaction } from "../reactions.ts";
import { compareSnowflakes } from "../snowflakes.ts";
import type { World } from "../world.ts";
import { queryNumber } from "./parse.ts";
import type { AddRoute, RestCall } from "./router.ts";

/** Reactions on a message. */
export function addReactionRoutes(world: World, add: AddRoute): void {
  const reactions = "/channels/:channelId/messages/:messageId/reactions";
  const find = ({ param }: RestCall, ...needed: bigint[]) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.ReadMessageHistory, ...needed);
    if (channel.thread?.archived === true) throw refusal("threadArchived");
    return messageOf(world, channel.id, param("messageId"), undefined);
  };

  add("PUT", `${reactions}/:emoji/:userId`, (call) => {
    if (call.param("userId") !== world.botId) throw refusal("notFound");
    const emoji = parseEmoji(call.param("emoji"));
    const message = find(call);
    const isNew = reactedUserIds(message, emoji).length === 0;
    if (isNew) find(call, PermissionFlagsBits.AddReactions);
    addReaction(world, message, world.botId, emoji);
  });

  add("DELETE", `${reactions}/:emoji/:userId`, (call) => {
    const isOwn = call.param("userId") === world.botId;
    const message = find(call, ...(isOwn ? [] : [PermissionFlagsBits.ManageMessages]));
    removeReaction(world, message, call.param("userId"), parseEmoji(call.param("emoji")));
  });

  add("GET", `${reactions}/:emoji`, (call) => {
    const limit = queryNumber(call.query, "limit", { min: 1, max: 100, otherwise: 25 });
    const after = call.query.get("after") ?? "0";
    return reactedUserIds(find(call), parseEmoji(call.param("emoji")))
      .sort(compareSnowflakes)
      .filter((userId) => compareSnowflakes(userId, after) > 0)
      .slice(0, limit)
      .map((userId) => userPayload(world, userId));
  });

  add("DELETE", `${reactions}/:emoji`, (call) => {
    const message = find(call, PermissionFlagsBits.ManageMessages);
    clearReactions(world, message, parseEmoji(call.param("emoji")));
  });

  add("DELETE", reactions, (call) => {
    clearReactions(world, find(call, PermissionFlagsBits.ManageMessages));
  });
}
