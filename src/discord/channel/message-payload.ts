import type { RawFile } from "discord.js";
import type { APIMessageTopLevelComponent } from "discord-api-types/v10";
import type { Snowflake } from "../../core/projects/project.ts";

/** One message as it should stand in a channel. */
export interface OutgoingMessage {
  readonly content: string;
  readonly files?: readonly { readonly name: string; readonly data: Buffer | string }[];
  readonly suppressEmbeds?: boolean;
  /** An edit leaves the files as they are. */
  readonly keepsFiles?: boolean;
  /** Who is told of it, of those whom the text mentions; nobody else ever is. */
  readonly pings?: readonly Snowflake[];
  /** Rows of buttons and menus; without them, an edit takes away those that were there. */
  readonly components?: readonly APIMessageTopLevelComponent[];
}

/** The message as Discord's API takes it. Nobody is ever pinged by what Claude writes. */
export function messagePayload(message: OutgoingMessage) {
  const { content, files, keepsFiles, suppressEmbeds, components, pings } = message;
  return {
    content,
    // The whole list each time: an edit that only named new files would add them to those already there.
    ...(keepsFiles
      ? {}
      : { attachments: (files ?? []).map(({ name }, id) => ({ id: String(id), filename: name })) }),
    components: components ?? [],
    allowed_mentions: { parse: [], users: [...(pings ?? [])], replied_user: false },
    ...(suppressEmbeds ? { flags: SUPPRESS_EMBEDS } : {}),
  };
}

const SUPPRESS_EMBEDS = 1 << 2;

/** The message's files in the order in which its payload numbers them. */
export function rawFiles({ files }: OutgoingMessage): RawFile[] {
  return (files ?? []).map(({ name, data }) => ({ name, data }));
}
