import {
  type APIAllowedMentions,
  type APIAttachment,
  type APIEmbed,
  type APIMessageTopLevelComponent,
  MessageFlags,
} from "discord-api-types/v10";
import { invalidForm, refusal } from "./api-error.ts";
import { withAttachmentUrls } from "./attachment-references.ts";
import { storeAttachment, type UploadedFile } from "./attachments.ts";
import { componentProblems, numberComponents } from "./component-rules.ts";
import type { MessageBody } from "./message-body.ts";
import type { StoredMessage, World } from "./world.ts";

/** A new message's parts, with its files stored; an empty one is refused with 50006. */
export function composeMessage(
  world: World,
  channelId: string,
  body: MessageBody,
  files: ReadonlyMap<string, UploadedFile>,
) {
  if (files.size > 10) {
    throw invalidForm([
      { path: ["files"], code: "BASE_TYPE_BAD_LENGTH", message: "Must be 10 or fewer in length." },
    ]);
  }
  const flags = (body.flags ?? 0) & SENDABLE_FLAGS;
  const parts = {
    content: trimmed(body.content ?? ""),
    embeds: (body.embeds ?? []) as APIEmbed[],
    components: componentsOf(body, flags),
    flags,
    tts: body.tts ?? false,
    allowedMentions: allowedMentionsOf(body),
  };
  requireSomething(parts, files.size, flags);
  const attachments = storeFiles(world, channelId, body, files);
  return {
    ...parts,
    embeds: withAttachmentUrls(parts.embeds, attachments),
    components: withAttachmentUrls(parts.components, attachments),
    attachments,
  };
}

/** What an edit changes of a message; what would leave it empty is refused with 50006. */
export function composeEdit(
  world: World,
  message: StoredMessage,
  body: MessageBody,
  files: ReadonlyMap<string, UploadedFile>,
) {
  const kept =
    body.attachments === undefined
      ? message.attachments
      : message.attachments.filter((present) =>
          body.attachments?.some((one) => String(one.id) === present.id),
        );
  const attachmentsChange = body.attachments !== undefined || files.size > 0;
  const flags =
    body.flags === undefined || body.flags === null
      ? message.flags
      : (message.flags & ~EDITABLE_FLAGS) |
        (body.flags & EDITABLE_FLAGS) |
        (message.flags & MessageFlags.IsComponentsV2);
  const after = {
    content: body.content === undefined ? message.content : trimmed(body.content ?? ""),
    embeds: body.embeds === undefined ? message.embeds : ((body.embeds ?? []) as APIEmbed[]),
    components: body.components === undefined ? message.components : componentsOf(body, flags),
  };
  requireSomething(after, kept.length + files.size, flags);
  const attachments = [...kept, ...storeFiles(world, message.channelId, body, files)];
  return {
    ...(body.content === undefined ? {} : { content: after.content }),
    ...(body.embeds === undefined ? {} : { embeds: withAttachmentUrls(after.embeds, attachments) }),
    ...(body.components === undefined
      ? {}
      : { components: withAttachmentUrls(after.components, attachments) }),
    ...(attachmentsChange ? { attachments } : {}),
    ...(flags === message.flags ? {} : { flags }),
    allowedMentions: allowedMentionsOf(body),
  };
}

const SENDABLE_FLAGS =
  MessageFlags.SuppressEmbeds |
  MessageFlags.SuppressNotifications |
  MessageFlags.IsComponentsV2 |
  MessageFlags.Ephemeral;

const EDITABLE_FLAGS = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;

/** Discord cuts the white space around a message. */
function trimmed(content: string): string {
  return content.trim();
}

function componentsOf(body: MessageBody, flags: number): APIMessageTopLevelComponent[] {
  const components = body.components ?? [];
  const problems = componentProblems(components, (flags & MessageFlags.IsComponentsV2) !== 0);
  if (problems.length > 0) throw invalidForm(problems);
  return numberComponents(components) as unknown as APIMessageTopLevelComponent[];
}

function requireSomething(
  parts: { content: string; embeds: readonly unknown[]; components: readonly unknown[] },
  fileCount: number,
  flags: number,
): void {
  const isV2 = (flags & MessageFlags.IsComponentsV2) !== 0;
  if (isV2 && (parts.content !== "" || parts.embeds.length > 0)) {
    const field = parts.content === "" ? "embeds" : "content";
    throw invalidForm([
      {
        path: [field],
        code: "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        message: "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2",
      },
    ]);
  }
  const isEmpty = parts.content === "" && parts.embeds.length + parts.components.length + fileCount === 0;
  if (isEmpty) throw refusal("emptyMessage");
}

function storeFiles(
  world: World,
  channelId: string,
  body: MessageBody,
  files: ReadonlyMap<string, UploadedFile>,
): APIAttachment[] {
  return [...files].map(([number, file]) => {
    const told = body.attachments?.find((one) => String(one.id) === number);
    return storeAttachment(world, channelId, {
      ...file,
      ...(told?.filename === undefined ? {} : { name: told.filename }),
      ...(told?.description ? { description: told.description } : {}),
    });
  });
}

function allowedMentionsOf(body: MessageBody): APIAllowedMentions | undefined {
  const allowed = body.allowed_mentions;
  if (!allowed) return undefined;
  return {
    ...(allowed.parse ? { parse: allowed.parse } : {}),
    ...(allowed.users ? { users: allowed.users } : {}),
    ...(allowed.roles ? { roles: allowed.roles } : {}),
    replied_user: allowed.replied_user ?? false,
  };
}
