import { GatewayDispatchEvents } from "discord.js";
import type { Snowflake } from "../../core/projects/project.ts";

/** The thread that a gateway packet tells is deleted, whether or not discord.js knows it; undefined for any other. */
export function deletedThread(packet: {
  readonly t?: string;
  readonly d?: unknown;
}): { readonly threadId: Snowflake; readonly parentId: Snowflake } | undefined {
  if (packet.t !== GatewayDispatchEvents.ThreadDelete) return undefined;
  if (typeof packet.d !== "object" || packet.d === null) return undefined;
  const { id, parent_id: parentId } = packet.d as { id?: unknown; parent_id?: unknown };
  return typeof id === "string" && typeof parentId === "string" ? { threadId: id, parentId } : undefined;
}
