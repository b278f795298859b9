import type { Snowflake } from "../projects/project.ts";

/** A file that hangs on a message, as Discord tells of it. */
export interface AttachedFile {
  readonly id: Snowflake;
  /** As its sender named it: nothing to build a path of. */
  readonly name: string;
  /** Signed by Discord, and good for about a day. */
  readonly url: string;
  readonly sizeBytes: number;
  /** What its sender's program says it is; the bytes may say something else. */
  readonly contentType: string | undefined;
}

/** What comes with a message besides its own text. */
export interface Material {
  readonly files: readonly AttachedFile[];
  /** The message that it answers. */
  readonly repliedTo: { readonly channelId: Snowflake; readonly messageId: Snowflake } | undefined;
  /** What it passes on. */
  readonly forwarded: readonly { readonly content: string; readonly files: readonly AttachedFile[] }[];
  /** The thread in which it is the first that Claude hears, and the message that this may have been started from. */
  readonly thread?: StartedThread | undefined;
}

export interface StartedThread {
  readonly name: string;
  readonly starter: { readonly channelId: Snowflake; readonly messageId: Snowflake };
}

/** A message with nothing but its text. */
export const NO_MATERIAL: Material = { files: [], repliedTo: undefined, forwarded: [] };

export function hasMaterial({ files, repliedTo, forwarded, thread }: Material): boolean {
  return files.length > 0 || repliedTo !== undefined || forwarded.length > 0 || thread !== undefined;
}

/** A piece of the prompt as it is kept: texts, and files by their absolute path. */
export type StoredPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly path: string; readonly mediaType: string }
  | {
      readonly type: "document";
      readonly path: string;
      readonly mediaType: string;
      readonly title: string;
    };

/** What came with the messages of turns, kept with them: a turn that waits, or runs again, still has its files. */
export interface MaterialStore {
  /** `parts` once everything is fetched; undefined for a turn that is only text. */
  of(
    turnId: string,
  ): { readonly material: Material; readonly parts: readonly StoredPart[] | undefined } | undefined;
  setParts(turnId: string, parts: readonly StoredPart[]): void;
  /** Messages whose turns have not reached their end. */
  messagesInUse(): ReadonlySet<Snowflake>;
}
