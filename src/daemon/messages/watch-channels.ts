import type { HeardChannel } from "./heard-channels.ts";

/** Soon enough after `project add`: who adds a project speaks there a moment later. */
const INTERVAL_MS = 1_000;

/** Notices that the config has other channels than before. Returns what stops it. */
export function watchChannels({
  channels,
  changed,
  log,
}: {
  readonly channels: () => readonly HeardChannel[];
  readonly changed: () => Promise<void>;
  readonly log: { error(message: string, fields?: object): void };
}): () => void {
  const ids = () =>
    channels()
      .map(({ channelId }) => channelId)
      .join();
  let known = ids();
  const look = () => {
    const now = ids();
    if (now === known) return;
    known = now;
    changed().catch((error: unknown) => log.error("new channels could not be looked at", { error }));
  };
  const timer = setInterval(look, INTERVAL_MS);
  return () => clearInterval(timer);
}
