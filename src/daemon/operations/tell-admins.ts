import { randomBytes } from "node:crypto";
import type { Events } from "../../core/operations/events.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { SecretPlace } from "../../core/secrets/secret-watch.ts";
import type { ChannelApi } from "../../discord/channel/channel-api.ts";

export interface TellAdminsDeps {
  readonly events: Pick<Events, "listen">;
  readonly channel: (channelId: Snowflake) => Pick<ChannelApi, "create">;
  /** Who is pinged in a channel: the bot's admins, or who owns the guild. */
  readonly admins: (channelId: Snowflake) => readonly Snowflake[];
  readonly now: () => number;
  readonly log: { warn(message: string, fields?: object): void };
}

/** A channel's admins hear of it so often at most; the log has each time. */
const AGAIN_MS = 10 * 60_000;

/** Tells admins, where it happened, that a secret of the bot was about to be shown. Returns what ends it. */
export function tellAdmins({ events, channel, admins, now, log }: TellAdminsDeps): () => void {
  const toldAtMs = new Map<Snowflake, number>();
  return events.listen((event) => {
    if (event.type !== "secret_withheld" || event.channelId === undefined) return;
    const { channelId, place, errorId } = event;
    if (now() - (toldAtMs.get(channelId) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return;
    toldAtMs.set(channelId, now());
    const pings = admins(channelId);
    const content = [
      `🔑 ${pings.map((userId) => `<@${userId}>`).join(" ")} ${SENTENCES[place]}`.trim(),
      `On the bot's machine, \`claude-coord errors show ${errorId}\` has more. Who can read a secret can use it: make a new one if somebody may have seen it.`,
    ].join("\n");
    channel(channelId)
      .create({ content, pings }, { nonce: randomBytes(15).toString("base64url") })
      .catch((error: unknown) => log.warn("admins could not be told", { conversation: channelId, error }));
  });
}

const SENTENCES: Readonly<Record<SecretPlace, string>> = {
  answer:
    "Claude's answer here held a secret of this bot (its token, or a login). It was stopped and is not shown.",
  tool: "Claude has used a tool with a secret of this bot (its token, or a login) in it.",
  question:
    "Claude asked here for permission to use a tool with a secret of this bot (its token, or a login) in it. It was denied.",
  file: "Claude wanted to send a file here with a secret of this bot (its token, or a login) in it. It was not sent.",
  message: "A secret of this bot (its token, or a login) was about to be shown here. It was taken out.",
};
