import type { APIAttachment } from "discord-api-types/v10";
import { invalidForm } from "./api-error.ts";

/** Puts the URLs of the message's own files where embeds or components name them by `attachment://name`. */
export function withAttachmentUrls<T>(parts: T, attachments: readonly APIAttachment[]): T {
  const replace = (_key: string, value: unknown): unknown => {
    if (typeof value !== "string" || !value.startsWith(SCHEME)) return value;
    const filename = value.slice(SCHEME.length);
    const attachment = attachments.find((one) => one.filename === filename);
    if (attachment !== undefined) return attachment.url;
    throw invalidForm([
      {
        path: ["attachments"],
        code: "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
        message: `The referenced attachment "${filename}" was not found`,
      },
    ]);
  };
  return JSON.parse(JSON.stringify(parts), replace) as T;
}

const SCHEME = "attachment://";
