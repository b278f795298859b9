import type { TurnNote } from "../../core/turns/turn.ts";

type LeftOutNote = Extract<TurnNote, { type: "left_out" }>;

/** The notice of messages that were missed and are not run by themselves; the button below it runs them. */
export function leftOutText({ tooOld, tooMany }: LeftOutNote): string {
  const count = tooOld + tooMany;
  if (count === 1) {
    return tooOld === 1
      ? "This message came while the bot was away, and too long ago to act on it now. Ask again if it still matters."
      : "This message came while the bot was away, with more behind it than it answers by itself.";
  }
  const old = tooOld === count ? "They came too long ago" : `${tooOld} came too long ago`;
  const many = "more came after them than it answers by itself";
  const why =
    tooMany === 0 ? `${old}.` : tooOld === 0 ? `${sentence(many)}.` : `${old}; of the others, ${many}.`;
  return `From here on, ${count} messages that came while the bot was away are not answered. ${why} “Run now” runs all of them, oldest first.`;
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
