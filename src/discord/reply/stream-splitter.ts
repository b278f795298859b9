import { sectionLines } from "./discord-lines.ts";
import { rememberingInline } from "./inline.ts";
import type { Line } from "./line.ts";
import { nextPart, type Packing, packParts, visible } from "./pack.ts";
import { topOf } from "./place.ts";
import { renderedText, renderPart } from "./rendered-text.ts";
import { BEGINNING, readSections } from "./sections.ts";
import { MESSAGE_LIMIT, normalised } from "./split-message.ts";

/** The messages of an answer that is still being written. */
export interface StreamSplitter {
  append(markdown: string): void;
  /** Says what the whole text is now. One that only continues the last costs no more than `append`. */
  replace(markdown: string): void;
  /** The messages as of now: the same as `splitMessage` of the whole text makes. */
  parts(): readonly string[];
  /** How many of them, from the first on, no further `append` changes. */
  frozen(): number;
}

/**
 * Follows a growing answer. A block is settled once another block of the document, or another item of a list of the
 * document, has begun below it on a complete line: nothing that is appended can change it. A part is frozen once
 * more than `limit` units of settled text follow its start, since its cut looks no further. Everything before is
 * never read again.
 */
export function createStreamSplitter(limit = MESSAGE_LIMIT): StreamSplitter {
  const top = topOf(rememberingInline());
  let said = "";
  let source = "";
  let held = "";
  let open = BEGINNING;
  let settled: readonly Line[] = [];
  let packing: Packing = { start: 0, best: 0 };
  let frozen: string[] = [];
  let known: readonly string[] | undefined;

  const reset = () => {
    [said, source, held] = ["", "", ""];
    [open, settled, packing, frozen] = [BEGINNING, [], { start: 0, best: 0 }, []];
  };

  const settle = () => {
    const sections = readSections(source.slice(0, source.lastIndexOf("\n") + 1), open);
    const last = sections.pop();
    if (last === undefined || sections.length === 0) return;
    open = last;
    settled = sectionLines(source, sections, top, settled);
    const rendered = renderedText(settled);
    while (rendered.text.length > Math.max(packing.start, packing.best) + limit) {
      const next = nextPart(rendered, limit, packing);
      if (next === undefined) break;
      const part = renderPart(rendered, packing.start, next.start);
      if (visible(part)) frozen.push(part);
      packing = next;
    }
    const passed = rendered.starts.findLastIndex((start) => start <= Math.min(packing.start, packing.best));
    const offset = rendered.starts[passed] ?? 0;
    settled = settled.slice(Math.max(passed, 0));
    packing = { start: packing.start - offset, best: packing.best - offset };
  };

  const append = (markdown: string) => {
    said += markdown;
    const whole = held + markdown;
    // Half a line ending or half a character waits for its other half.
    held = /[\r\ud800-\udbff]$/.exec(whole)?.[0] ?? "";
    source += normalised(whole.slice(0, whole.length - held.length));
    known = undefined;
  };

  return {
    append,
    replace(markdown) {
      if (!markdown.startsWith(said)) reset();
      append(markdown.slice(said.length));
    },
    parts() {
      if (known !== undefined) return known;
      settle();
      const lines = sectionLines(source, readSections(source, open), top, settled);
      known = [...frozen, ...packParts(renderedText(lines), limit, packing)];
      return known;
    },
    frozen: () => frozen.length,
  };
}
