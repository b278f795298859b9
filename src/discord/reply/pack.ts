import { type Cut, findCuts } from "./cuts.ts";
import { type RenderedText, renderPart } from "./rendered-text.ts";

/** How far the packing of a text has come. */
export interface Packing {
  /** Where the next message begins. */
  readonly start: number;
  /** Where as many messages less one would end at best, were each filled as far as it goes. */
  readonly best: number;
}

const VISIBLE = /[^\s\p{Cf}\p{Cc}\u2800\u3164\uffa0\u115f\u1160]/u;

/** All messages of a text, from where its packing stands. */
export function packParts(
  rendered: RenderedText,
  limit: number,
  packing: Packing = { start: 0, best: 0 },
): string[] {
  const parts: string[] = [];
  let { start } = packing;
  for (let now: Packing | undefined = packing; now !== undefined; ) {
    start = now.start;
    now = nextPart(rendered, limit, now);
    const part = renderPart(rendered, start, now?.start ?? rendered.text.length);
    if (visible(part)) parts.push(part);
  }
  return parts;
}

/**
 * Where the next message ends; undefined when the rest fits in one. It ends where a reader minds least, but the
 * messages up to here never show less than the best possible packing shows in one message fewer: so a whole text
 * takes at most one more than it must.
 */
export function nextPart(
  rendered: RenderedText,
  limit: number,
  { start, best }: Packing,
): Packing | undefined {
  const cuts = findCuts(rendered, start, limit, best);
  if (cuts === undefined) return undefined;
  const { natural, furthest } = cuts;
  const regret = ({ offset, cost }: Cut) => cost + (furthest.offset - offset) / limit;
  const chosen = natural
    .filter(({ offset }) => offset >= best)
    .reduce((least, cut) => (regret(cut) < regret(least) ? cut : least), furthest);
  return {
    start: chosen.offset,
    best: best === start ? furthest.offset : (findCuts(rendered, best, limit)?.furthest.offset ?? best),
  };
}

/** Whether Discord takes this for a message: it refuses one of blanks and invisible signs only. */
export function visible(part: string): boolean {
  return VISIBLE.test(part);
}
