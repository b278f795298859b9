import type { PromptPart } from "../core/agents/agent.ts";

/**
 * The stdin line of one turn. `client_composed` makes it plain text: otherwise `@/any/path` in it would read that file
 * without asking, and a leading `/` would run a command. `later` keeps it from being folded into a turn that the CLI
 * began by itself at the same moment.
 */
export function userLine(turnId: string, prompt: readonly PromptPart[]) {
  const command = prompt.find((part) => part.type === "command");
  return {
    type: "user",
    uuid: turnId,
    // Only without it the CLI takes its own commands as such; these are three words of ours.
    ...(command === undefined ? { client_composed: true } : {}),
    priority: "later",
    origin: { kind: "human" },
    message: { role: "user", content: command === undefined ? prompt.map(contentBlock) : command.text },
  };
}

function contentBlock(part: PromptPart) {
  if (part.type === "text" || part.type === "command") return { type: "text", text: part.text };
  const source = { type: "base64", media_type: part.mediaType, data: part.data };
  return part.type === "image" ? { type: "image", source } : { type: "document", title: part.title, source };
}
