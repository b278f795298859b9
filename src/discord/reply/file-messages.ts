import type { OutgoingMessage } from "../channel/message-payload.ts";

/** Discord's limits for one message: ten attachments, and a bot's upload of about 10 MB. */
const MOST_FILES = 10;
const MOST_BYTES = 10_000_000;

/** The messages below an answer that carry its files, in order. */
export function fileMessages(
  files: readonly { readonly name: string; readonly data: Buffer }[],
): OutgoingMessage[] {
  const messages: { content: string; files: { name: string; data: Buffer }[] }[] = [];
  let bytes = 0;
  for (const file of files) {
    const last = messages.at(-1);
    bytes += file.data.length;
    if (last === undefined || last.files.length === MOST_FILES || bytes > MOST_BYTES) {
      messages.push({ content: "", files: [file] });
      bytes = file.data.length;
    } else last.files.push(file);
  }
  return messages;
}
