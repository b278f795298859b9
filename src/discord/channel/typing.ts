import type { Snowflake } from "../../core/projects/project.ts";

/** Discord shows a typing indicator for ten seconds. */
const REFRESH_MS = 8_000;

/** Keeps "is typing" alive in channels. */
export interface Typing {
  /** Until the returned function is called; however many want it in a channel, it is refreshed by one. */
  keep(channelId: Snowflake, type: () => Promise<void>): () => void;
}

export function createTyping(): Typing {
  const channels = new Map<Snowflake, { wanted: number; readonly timer: NodeJS.Timeout }>();
  const begin = (type: () => Promise<void>) => {
    // A refused indicator is not worth a word.
    const refresh = () => void type().catch(() => {});
    refresh();
    return { wanted: 0, timer: setInterval(refresh, REFRESH_MS) };
  };
  return {
    keep: (channelId, type) => {
      const channel = channels.get(channelId) ?? begin(type);
      channels.set(channelId, channel);
      channel.wanted += 1;
      let isKept = true;
      return () => {
        if (!isKept) return;
        isKept = false;
        channel.wanted -= 1;
        if (channel.wanted > 0) return;
        clearInterval(channel.timer);
        channels.delete(channelId);
      };
    },
  };
}
