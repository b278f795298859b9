import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { z } from "zod";
import { refusal } from "../api-error.ts";
import { composeMessage } from "../compose.ts";
import { channelOf, messageOf } from "../lookups.ts";
import { messageBody } from "../message-body.ts";
import { channelPayload, threadMemberPayload } from "../payloads/channel-payload.ts";
import { memberPayload } from "../payloads/member-payload.ts";
import { messagePayload } from "../payloads/message-payload.ts";
import { mayView, permissionsOf, requirePermissions } from "../permissions.ts";
import { compareSnowflakes } from "../snowflakes.ts";
import { joinThread, leaveThread } from "../thread-state.ts";
import { addToThread, createForumPost, createThread, isForum } from "../threads.ts";
import type { StoredChannel, StoredThread, World } from "../world.ts";
import { autoArchiveMinutes, threadName } from "./channel-body.ts";
import { parseAs, queryNumber } from "./parse.ts";
import { type AddRoute, created, type RestCall } from "./router.ts";

const fromMessageBody = z.object({
  name: threadName,
  auto_archive_duration: autoArchiveMinutes.nullish(),
  rate_limit_per_user: z.number().int().min(0).max(21_600).nullish(),
});
const withoutMessageBody = fromMessageBody.extend({
  type: z.number().int().optional(),
  invitable: z.boolean().nullish(),
});
const forumPostBody = fromMessageBody.extend({
  message: messageBody,
  applied_tags: z.array(z.string()).max(5).nullish(),
});

/** Threads: opening them, who is in them, and which there are. */
export function addThreadRoutes(world: World, add: AddRoute): void {
  add("POST", "/channels/:channelId/messages/:messageId/threads", ({ param, body }) => {
    const parent = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, parent, PermissionFlagsBits.CreatePublicThreads);
    if (parent.thread !== undefined || !parent.inGuild) throw refusal("wrongChannelType");
    const starter = messageOf(world, parent.id, param("messageId"), undefined);
    const draft = draftOf(parseAs(fromMessageBody, body));
    const thread = createThread(world, { ...draft, parent, starter, ownerId: world.botId });
    return created(channelPayload(world, thread));
  });

  add("POST", "/channels/:channelId/threads", (call) => {
    const parent = channelOf(world, call.param("channelId"));
    if (isForum(parent)) return openForumPost(world, parent, call);
    if (parent.thread !== undefined || !parent.inGuild) throw refusal("wrongChannelType");
    const parsed = parseAs(withoutMessageBody, call.body);
    const type = parsed.type ?? ChannelType.PrivateThread;
    const isPrivate = type === ChannelType.PrivateThread;
    requirePermissions(
      world,
      world.botId,
      parent,
      isPrivate ? PermissionFlagsBits.CreatePrivateThreads : PermissionFlagsBits.CreatePublicThreads,
    );
    const thread = createThread(world, {
      ...draftOf(parsed),
      parent,
      type,
      ownerId: world.botId,
      invitable: parsed.invitable ?? true,
    });
    return created(channelPayload(world, thread));
  });

  addThreadMemberRoutes(world, add);
  addThreadListRoutes(world, add);
}

function addThreadMemberRoutes(world: World, add: AddRoute): void {
  const members = "/channels/:channelId/thread-members";
  const find = ({ param }: RestCall) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel);
    if (channel.thread === undefined) throw refusal("wrongChannelType");
    return { channel, thread: channel.thread };
  };
  const payload = (channel: StoredChannel, userId: string, joinedAtMs: number, withMember: boolean) => ({
    ...threadMemberPayload(channel.id, userId, joinedAtMs),
    ...(withMember && world.members.has(userId) ? { member: memberPayload(world, userId) } : {}),
  });

  add("GET", members, (call) => {
    const { channel, thread } = find(call);
    const withMember = call.query.get("with_member") === "true";
    return [...thread.members].map(([userId, joinedAtMs]) =>
      payload(channel, userId, joinedAtMs, withMember),
    );
  });
  add("GET", `${members}/:userId`, (call) => {
    const { channel, thread } = find(call);
    const joinedAtMs = thread.members.get(call.param("userId"));
    if (joinedAtMs === undefined) throw refusal("unknownMember");
    return payload(channel, call.param("userId"), joinedAtMs, call.query.get("with_member") === "true");
  });
  add("PUT", `${members}/:userId`, (call) => {
    const { channel, thread } = find(call);
    if (thread.archived) throw refusal("threadArchived");
    const userId = call.param("userId");
    if (!world.members.has(userId)) throw refusal("unknownMember");
    if (userId === world.botId) joinThread(world, channel, [userId]);
    else addToThread(world, channel, userId, world.botId);
  });
  add("DELETE", `${members}/:userId`, (call) => {
    const { channel, thread } = find(call);
    if (thread.archived) throw refusal("threadArchived");
    const userId = call.param("userId");
    if (userId !== world.botId)
      requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageThreads);
    leaveThread(world, channel, userId);
  });
}

function addThreadListRoutes(world: World, add: AddRoute): void {
  const threadsWhere = (wanted: (channel: StoredChannel, thread: StoredThread) => boolean) =>
    [...world.channels.values()]
      .filter((channel) => channel.thread !== undefined && wanted(channel, channel.thread))
      .filter((channel) => mayView(world, world.botId, channel))
      .sort((left, right) => compareSnowflakes(right.id, left.id));
  const listed = (threads: readonly StoredChannel[]) => ({
    threads: threads.map((channel) => channelPayload(world, channel)),
    members: threads.flatMap((channel) => {
      const joinedAtMs = channel.thread?.members.get(world.botId);
      return joinedAtMs === undefined ? [] : [threadMemberPayload(channel.id, world.botId, joinedAtMs)];
    }),
  });

  add("GET", "/guilds/:guildId/threads/active", () => ({
    ...listed(threadsWhere((_channel, thread) => !thread.archived)),
    has_more: false,
  }));

  const archivedPage = ({ param, query }: RestCall, isPrivate: boolean, joinedOnly: boolean) => {
    const parent = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, parent, PermissionFlagsBits.ReadMessageHistory);
    const mayManage = (permissionsOf(world, world.botId, parent) & PermissionFlagsBits.ManageThreads) !== 0n;
    if (isPrivate && !joinedOnly && !mayManage) throw refusal("missingPermissions");
    const limit = queryNumber(query, "limit", { min: 2, max: 100, otherwise: 50 });
    const beforeMs = Date.parse(query.get("before") ?? "") || Number.POSITIVE_INFINITY;
    const found = threadsWhere(
      (channel, thread) =>
        thread.archived &&
        channel.parentId === parent.id &&
        (channel.type === ChannelType.PrivateThread) === isPrivate &&
        (!joinedOnly || thread.members.has(world.botId)) &&
        thread.archiveChangedAtMs < beforeMs,
    ).sort((left, right) => (right.thread?.archiveChangedAtMs ?? 0) - (left.thread?.archiveChangedAtMs ?? 0));
    return { ...listed(found.slice(0, limit)), has_more: found.length > limit };
  };
  add("GET", "/channels/:channelId/threads/archived/public", (call) => archivedPage(call, false, false));
  add("GET", "/channels/:channelId/threads/archived/private", (call) => archivedPage(call, true, false));
  add("GET", "/channels/:channelId/users/:userId/threads/archived/private", (call) =>
    archivedPage(call, true, true),
  );
}

function openForumPost(world: World, parent: StoredChannel, { body, files }: RestCall) {
  requirePermissions(world, world.botId, parent, PermissionFlagsBits.SendMessages);
  const parsed = parseAs(forumPostBody, body);
  const composed = composeMessage(world, parent.id, parsed.message, files);
  const draft = { ...draftOf(parsed), parent, ownerId: world.botId, appliedTags: parsed.applied_tags ?? [] };
  const { thread, message } = createForumPost(world, draft, composed);
  return created({ ...channelPayload(world, thread), message: messagePayload(world, message) });
}

function draftOf(parsed: z.infer<typeof fromMessageBody>) {
  return {
    name: parsed.name,
    ...(parsed.auto_archive_duration ? { autoArchiveMinutes: parsed.auto_archive_duration } : {}),
    ...(parsed.rate_limit_per_user ? { rateLimitPerUser: parsed.rate_limit_per_user } : {}),
  };
}
