import { z } from "zod";
import { memberPayload } from "../payloads/member-payload.ts";
import type { World } from "../world.ts";

/** The answers to a gateway request for members, at most 1000 in each; undefined if it is none. */
export function membersChunks(world: World, request: unknown): object[] | undefined {
  const parsed = requestShape.safeParse(request);
  if (!parsed.success) return undefined;
  const { user_ids, query, limit, nonce } = parsed.data;
  const wanted = user_ids === undefined ? undefined : [user_ids].flat();
  const found = [...world.members.keys()].filter((userId) => {
    if (wanted !== undefined) return wanted.includes(userId);
    return (world.users.get(userId)?.username ?? "").startsWith(query ?? "");
  });
  const members = limit === 0 ? found : found.slice(0, limit);
  const count = Math.max(1, Math.ceil(members.length / CHUNK_SIZE));
  return Array.from({ length: count }, (_, index) => ({
    guild_id: world.guildId,
    members: members
      .slice(index * CHUNK_SIZE, (index + 1) * CHUNK_SIZE)
      .map((userId) => memberPayload(world, userId)),
    chunk_index: index,
    chunk_count: count,
    ...(wanted === undefined ? {} : { not_found: wanted.filter((userId) => !world.members.has(userId)) }),
    ...(nonce === undefined ? {} : { nonce }),
  }));
}

const CHUNK_SIZE = 1000;

const requestShape = z.object({
  user_ids: z.union([z.string(), z.array(z.string())]).optional(),
  query: z.string().optional(),
  limit: z.number().default(0),
  nonce: z.string().optional(),
});
