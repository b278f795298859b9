import { createOwnSecrets, merged } from "./own-secrets.ts";
import { findTokens, openTokenAt } from "./token-shapes.ts";
import { whenChanged } from "./when-changed.ts";

/** A text as it may be shown, never longer than it was. */
export interface Masked {
  readonly text: string;
  /** Whether a secret of ours was in it. */
  readonly heldOwn: boolean;
  /** Whose looks gave them away: `GitHub token`. */
  readonly kinds: readonly string[];
}

/** Keeps secrets out of what people, Discord and logs get to see. */
export interface Redactor {
  holdsOwn(text: string): boolean;
  mask(text: string): Masked;
  /** As `mask`, for a text that is still being written: without an end that may become a secret. */
  maskOpen(text: string): Masked;
}

export interface RedactorOptions {
  /** Asked each time; known again by identity, so an unchanged list is read once. */
  readonly secrets: () => readonly string[];
  /** Whether what looks like anybody's secret is hidden, or only what is known to be one of ours. */
  readonly hidesLooks: () => boolean;
}

/** In place of a secret of ours. */
const OWN_MASK = "[secret]";
/** In place of what looks like a secret. */
const MASK = "[hidden]";

export function createRedactor({ secrets, hidesLooks }: RedactorOptions): Redactor {
  const ours = whenChanged(secrets, createOwnSecrets);

  /** Leaves out as many units of the end as belong to what may become a secret. */
  const masked = (text: string, isOpen: boolean): Masked => {
    const secrets = ours();
    const found = secrets.find(text);
    const cleared = replaced(text, found, OWN_MASK);
    const tokens = hidesLooks() ? findTokens(cleared) : [];
    const ends = isOpen
      ? [
          cleared.length - (text.length - secrets.openAt(text)),
          hidesLooks() ? openTokenAt(cleared) : Infinity,
        ]
      : [];
    const end = Math.min(cleared.length, ...ends);
    const shown = merged(tokens).filter(({ start }) => start < end);
    return {
      text: replaced(cleared.slice(0, Math.max(end, shown.at(-1)?.end ?? 0)), shown, MASK),
      heldOwn: found.length > 0,
      kinds: [...new Set(tokens.map(({ name }) => name))],
    };
  };

  return {
    holdsOwn: (text) => ours().find(text).length > 0,
    mask: (text) => masked(text, false),
    maskOpen: (text) => masked(text, true),
  };
}

function replaced(text: string, ranges: readonly { start: number; end: number }[], mask: string): string {
  if (ranges.length === 0) return text;
  const kept = ranges.map(({ start }, index) => text.slice(ranges[index - 1]?.end ?? 0, start));
  return `${kept.join(mask)}${mask}${text.slice(ranges.at(-1)?.end)}`;
}
