import { compareSnowflakes } from "../snowflakes.ts";
import type { StoredMessage } from "../world.ts";

/** A page of history, newest first whichever way it was asked for. */
export function historyPage(
  messages: StoredMessage[],
  query: URLSearchParams,
  limit: number,
): StoredMessage[] {
  const around = query.get("around");
  const after = query.get("after");
  const before = query.get("before");
  const older = (id: string) => messages.filter((message) => compareSnowflakes(message.id, id) < 0);
  const newer = (id: string) => messages.filter((message) => compareSnowflakes(message.id, id) > 0);
  if (around !== null) {
    const half = Math.floor(limit / 2);
    const middle = messages.filter((message) => message.id === around);
    const page = [...older(around).slice(-half), ...middle, ...newer(around).slice(0, half)];
    return (half === 0 ? middle : page).reverse();
  }
  if (before !== null) return older(before).slice(-limit).reverse();
  if (after !== null) return newer(after).slice(0, limit).reverse();
  return messages.slice(-limit).reverse();
}
