import { DiscordAPIError, type REST, Routes } from "discord.js";
import type { APIMessage } from "discord-api-types/v10";
import type { Snowflake } from "../../core/projects/project.ts";

/** A message of the bot's own, as it stands in a channel. */
export interface OwnMessage {
  readonly id: Snowflake;
  /** Discord gives it seldom: not in a channel's history, so far. */
  readonly nonce: string | undefined;
  readonly content: string;
  /** The message that it answers. */
  readonly replyTo: Snowflake | undefined;
}

/** The bot's own messages after one of a channel, oldest first; none where it may not read the history. */
export async function ownMessages(
  rest: REST,
  botUserId: Snowflake,
  channelId: Snowflake,
  after: Snowflake,
): Promise<readonly OwnMessage[]> {
  const found: OwnMessage[] = [];
  let cursor = after;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const query = new URLSearchParams({ after: cursor, limit: String(PAGE) });
    const page = (await rest.get(Routes.channelMessages(channelId), { query }).catch(unreadableAsNone)) as
      | APIMessage[]
      | undefined;
    const messages = (page ?? []).toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    found.push(...messages.filter(({ author }) => author.id === botUserId).map(ownMessage));
    cursor = messages.at(-1)?.id ?? cursor;
    if (messages.length < PAGE) break;
  }
  return found;
}

function ownMessage({ id, nonce, content, message_reference }: APIMessage): OwnMessage {
  return {
    id,
    nonce: nonce === undefined ? undefined : String(nonce),
    content,
    replyTo: message_reference?.message_id,
  };
}

function unreadableAsNone(error: unknown): undefined {
  if (error instanceof DiscordAPIError && (error.status === 404 || error.status === 403)) return undefined;
  throw error;
}

const PAGE = 100;
/** A thousand messages later nobody looks for an answer any more. */
const MOST_PAGES = 10;
