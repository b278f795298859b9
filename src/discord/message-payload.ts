import type { RawFile } from "discord.js";
import type { APIMessageTopLevelComponent } from "discord-api-types/v10";

/** One message as it should stand in a channel. */
export interface OutgoingMessage {
  readonly content: string;
  readonly files?: readonly { readonly name: string; readonly data: Buffer | string }[];
  readonly suppressEmbeds?: boolean;
  /** Rows of buttons and menus; without them, an edit takes away those that were there. */
  readonly components?: readonly APIMessageTopLevelComponent[];
}

/** The message as Discord's API takes it. Nobody is ever pinged by what Claude writes. */
export function messagePayload({ content, files, suppressEmbeds, components }: OutgoingMessage) {
  return {
    content,
    // The whole list each time: an edit that only named new files would add them to those already there.
    attachments: (files ?? []).map(({ name }, id) => ({ id: String(id), filename: name })),
    components: components ?? [],
    allowed_mentions: { parse: [], replied_user: false },
    ...(suppressEmbeds ? { flags: SUPPRESS_EMBEDS } : {}),
  };
}

const SUPPRESS_EMBEDS = 1 << 2;

/** The message's files in the order in which its payload numbers them. */
export function rawFiles({ files }: OutgoingMessage): RawFile[] {
  return (files ?? []).map(({ name, data }) => ({ name, data }));
}
