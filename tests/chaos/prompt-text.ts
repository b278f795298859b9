import type { Prompt } from "./plan.ts";

/** What a person writes; the stand-in for `claude`, and the script of the model, read it. */
export function promptText({ marker, lines, paceMs, fault }: Prompt): string {
  return `${marker} lines=${lines} pace=${paceMs}${fault === undefined ? "" : ` [${fault}]`}`;
}

/** The lines of the answer: no two in a run are the same, so one that stands twice is seen. */
export function answerLines(marker: string, lines: number): string[] {
  return Array.from({ length: lines }, (_, index) => `${marker} line ${index + 1} of ${lines}`);
}

/** The answer's lines in a text, in order. */
export function linesIn(text: string): string[] {
  return text.match(/\bm\d+ line \d+ of \d+/g) ?? [];
}
