import { PermissionFlagsBits } from "discord-api-types/v10";
import { channelOf, messageOf } from "../lookups.ts";
import { messagePayload } from "../payloads/message-payload.ts";
import { requirePermissions } from "../permissions.ts";
import { pinMessage, pinnedMessages, unpinMessage } from "../pins.ts";
import type { World } from "../world.ts";
import { queryNumber } from "./parse.ts";
import type { AddRoute, RestCall } from "./router.ts";

/** Pinned messages; to be added before the routes of single messages, whose paths would take `pins` for an id. */
export function addPinRoutes(world: World, add: AddRoute): void {
  const pins = "/channels/:channelId/messages/pins";
  const find = ({ param }: RestCall) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.PinMessages);
    return { channel, message: messageOf(world, channel.id, param("messageId"), undefined) };
  };
  add("GET", pins, ({ param, query }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.ReadMessageHistory);
    const limit = queryNumber(query, "limit", { min: 1, max: 50, otherwise: 50 });
    const before = Date.parse(query.get("before") ?? "") || Number.POSITIVE_INFINITY;
    const older = pinnedMessages(world, channel).filter((message) => (message.pinnedAtMs ?? 0) < before);
    return {
      items: older.slice(0, limit).map((message) => ({
        pinned_at: new Date(message.pinnedAtMs ?? 0).toISOString(),
        message: messagePayload(world, message),
      })),
      has_more: older.length > limit,
    };
  });
  add("PUT", `${pins}/:messageId`, (call) => {
    const { channel, message } = find(call);
    pinMessage(world, channel, message, world.botId);
  });
  add("DELETE", `${pins}/:messageId`, (call) => {
    const { channel, message } = find(call);
    unpinMessage(world, channel, message);
  });
}
