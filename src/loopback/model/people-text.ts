import type { MessageParam } from "./request-body.ts";

/**
 * What people said in a message: its texts without the reminders and command records that the CLI adds, joined
 * with newlines. Undefined for a message in which nobody spoke, such as one that only carries tool results.
 */
export function peopleText(message: MessageParam): string | undefined {
  if (message.role !== "user") return undefined;
  const blocks =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  const texts = blocks
    .filter((block) => block.type === "text")
    .map((block) => (block.text ?? "").replaceAll(ADDED_BY_CLI, "").trim())
    .filter((text) => text !== "");
  return texts.length === 0 ? undefined : texts.join("\n");
}

const ADDED_BY_CLI = /<((?:system-reminder|command-|local-command-)[\w-]*)>[\s\S]*?<\/\1>/g;
