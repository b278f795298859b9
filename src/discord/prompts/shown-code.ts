import type { OutgoingMessage } from "../channel/message-payload.ts";

/** A code block in a message, or a file beside it where the message has no room: never a part of the whole. */
export interface ShownCode {
  readonly text: string;
  readonly files: NonNullable<OutgoingMessage["files"]>;
}

/** Shows code whole, in at most `room` UTF-16 units of the message. */
export function shownCode(code: string, language: string, room: number): ShownCode {
  if (code === "") return { text: "", files: [] };
  const visible = withVisibleSigns(code);
  const block = `\`\`\`${language}\n${visible.replace(/``(?=`)/g, "``\u200b")}\n\`\`\``;
  // With a zero-width space between its backticks the block is not what would run: then the file is.
  if (block.length <= room && !visible.includes("```")) return { text: block, files: [] };
  const name = `request.${language}`;
  const lines = code.split("\n").length;
  const size = `${lines} ${lines === 1 ? "line" : "lines"}, ${code.length} characters`;
  return { text: `All of it is in the attached **${name}** (${size}).`, files: [{ name, data: visible }] };
}

/**
 * Signs that change what the eye sees without being seen (directions, zero widths, terminal escapes) as `\u{202e}`:
 * a command must not look like another one.
 */
export function withVisibleSigns(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n/g, "\n")
    .replace(HIDDEN, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Format and control characters but for newline and tab, line and paragraph separators, and blank fillers. */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;
