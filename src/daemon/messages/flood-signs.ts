import type { FloodRefusal } from "../../core/access/flood.ts";
import type { SignLimit } from "../../core/access/sign-limit.ts";
import type { IncomingMessage } from "../../core/messages/inbound.ts";
import type { Events } from "../../core/operations/events.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { ChannelApi } from "../../discord/channel/channel-api.ts";
import { FLOOD_MARK, floodText } from "../../discord/channel/flood-text.ts";

export interface FloodSignsDeps {
  /** Does something in a channel that may fail. */
  readonly show: (channelId: Snowflake, what: (channel: ChannelApi) => Promise<unknown>) => void;
  readonly limits: { readonly note: SignLimit; readonly mark: SignLimit };
  readonly events: Pick<Events, "emit">;
  readonly log: { warn(message: string, fields?: object): void };
}

export type FloodSigns = (message: IncomingMessage, project: Project, flood: FloodRefusal) => void;

/** Shows that a message is not run because there were too many: a mark on each, and once in words. */
export function createFloodSigns({ show, limits, events, log }: FloodSignsDeps): FloodSigns {
  return ({ id, channelId, author }, { name }, flood) => {
    const { reason, limit } = flood;
    const about = { userId: author.userId, conversationId: channelId, projectName: name };
    events.emit({ type: "flood_refused", ...about, reason });
    if (limits.mark(author.userId, channelId)) show(channelId, (channel) => channel.react(id, FLOOD_MARK));
    // To a bot in a loop even a note a minute would be something to answer.
    if (author.kind === "bot" && !flood.isNew) return;
    if (!limits.note(author.userId, channelId)) return;
    log.warn("too much is asked", {
      reason,
      limit,
      user_id: author.userId,
      conversation: channelId,
      project: name,
    });
    show(channelId, (channel) =>
      channel.create({ content: floodText(flood, name) }, { nonce: `many-${id}`, replyTo: id }),
    );
  };
}
