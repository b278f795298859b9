import { AllowedMentionsTypes, type APIAllowedMentions, PermissionFlagsBits } from "discord-api-types/v10";
import { permissionsOf } from "./permissions.ts";
import type { StoredChannel, World } from "./world.ts";

/** Whom a message pings. */
export interface Mentions {
  readonly everyone: boolean;
  readonly userIds: string[];
  readonly roleIds: string[];
}

/** Whom a message mentions: what its text says, as far as `allowedMentions` and the author's permissions let it. */
export function resolveMentions(
  world: World,
  message: {
    content: string;
    channel: StoredChannel;
    authorId: string;
    allowedMentions: APIAllowedMentions | undefined;
    repliedUserId: string | undefined;
  },
): Mentions {
  const { content, allowedMentions: allowed } = message;
  const mayAll = (type: AllowedMentionsTypes) =>
    allowed === undefined || (allowed.parse ?? []).includes(type);
  const pingsAll =
    (permissionsOf(world, message.authorId, message.channel) & PermissionFlagsBits.MentionEveryone) !== 0n;

  const userIds = new Set(
    idsIn(content, /<@!?(\d{15,20})>/g).filter(
      (id) => world.users.has(id) && (mayAll(AllowedMentionsTypes.User) || allowed?.users?.includes(id)),
    ),
  );
  const repliedUser = allowed === undefined ? true : allowed.replied_user === true;
  if (message.repliedUserId !== undefined && repliedUser) userIds.add(message.repliedUserId);
  const roleIds = idsIn(content, /<@&(\d{15,20})>/g).filter((id) => {
    const role = world.roles.get(id);
    if (role === undefined || !(role.mentionable || pingsAll)) return false;
    return mayAll(AllowedMentionsTypes.Role) || allowed?.roles?.includes(id) === true;
  });
  return {
    everyone: pingsAll && mayAll(AllowedMentionsTypes.Everyone) && /@(everyone|here)/.test(content),
    userIds: [...userIds],
    roleIds: [...new Set(roleIds)],
  };
}

function idsIn(content: string, pattern: RegExp): string[] {
  return [...content.matchAll(pattern)].flatMap((match) => match[1] ?? []);
}
