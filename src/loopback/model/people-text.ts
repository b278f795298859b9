import type { MessageParam } from "./request-body.ts";

/**
 * What people said in a message: its texts without the reminders that the CLI puts into extra blocks, joined with
 * newlines. Undefined for a message in which nobody spoke, such as one that only carries tool results.
 */
export function peopleText(message: MessageParam): string | undefined {
  if (message.role !== "user") return undefined;
  const blocks =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  const texts = blocks
    .filter((block) => block.type === "text")
    .map((block) => (block.text ?? "").replaceAll(REMINDER, "").trim())
    .filter((text) => text !== "");
  return texts.length === 0 ? undefined : texts.join("\n");
}

const REMINDER = /<system-reminder>[\s\S]*?<\/system-reminder>/g;
