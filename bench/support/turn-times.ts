import type { Person } from "../../src/loopback/discord/people/person.ts";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { median } from "./median.ts";

/** Ms from the dispatch of a message to the first text of its answer in the channel, and to the whole. */
export interface TurnTimes {
  readonly firstMs: number;
  readonly endMs: number;
}

export function middle(times: readonly TurnTimes[]): TurnTimes {
  return {
    firstMs: median(times.map(({ firstMs }) => firstMs)),
    endMs: median(times.map(({ endMs }) => endMs)),
  };
}

/** Asks in a channel, and settles when the answer that begins with the whole of `answer` stands there. */
export async function askIn(
  discord: LoopbackDiscord,
  person: Person,
  channel: { readonly id: string },
  text: string,
  answer: string,
): Promise<TurnTimes> {
  const begun = performance.now();
  let firstMs = Number.NaN;
  const whole = new Promise<number>((resolve) => {
    const stop = discord.onChange((change) => {
      if (change.type !== "MESSAGE_CREATE" && change.type !== "MESSAGE_UPDATE") return;
      if (change.channelId !== channel.id || change.data.author?.id !== discord.bot.id) return;
      const { content = "" } = change.data;
      if (Number.isNaN(firstMs) && content.startsWith(answer.slice(0, 4))) {
        firstMs = performance.now() - begun;
      }
      if (!content.startsWith(answer)) return;
      stop();
      resolve(performance.now() - begun);
    });
  });
  await person.says(channel, text, { mention: true });
  return { endMs: await whole, firstMs };
}
