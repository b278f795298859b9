import { randomUUID } from "node:crypto";
import type { MessageReply, ReplyBlock } from "./reply.ts";

/** The message as the API returns it whole. */
export function wholeMessage(reply: MessageReply, model: string) {
  const content = reply.blocks.map((block) => toContent(block));
  const writtenUnits = content.reduce((sum, block) => sum + JSON.stringify(block).length, 0);
  return {
    id: newId("msg"),
    type: "message" as const,
    role: "assistant" as const,
    model,
    content,
    stop_reason:
      reply.stopReason ?? (content.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn"),
    stop_sequence: null,
    usage: {
      input_tokens: reply.inputTokens ?? 10,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: Math.ceil(writtenUnits / 4),
    },
  };
}

/** The same message as the events of a stream, in the API's order. */
export function* messageEvents(reply: MessageReply, model: string): Generator<StreamEvent> {
  const message = wholeMessage(reply, model);
  yield {
    type: "message_start",
    message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } },
  };
  for (const [index, block] of message.content.entries()) {
    yield { type: "content_block_start", index, content_block: emptied(block) };
    for (const delta of deltas(block, reply.chunkSize ?? 24)) {
      yield { type: "content_block_delta", index, delta };
    }
    yield { type: "content_block_stop", index };
  }
  yield {
    type: "message_delta",
    delta: { stop_reason: message.stop_reason, stop_sequence: null },
    usage: { output_tokens: message.usage.output_tokens },
  };
  yield { type: "message_stop" };
}

export interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

type Content = ReturnType<typeof toContent>;

function toContent(block: ReplyBlock) {
  if (block.type === "tool_use") return { ...block, id: block.id ?? newId("toolu") };
  // A real thought is signed; the CLI passes the signature back and nobody here checks it.
  return block.type === "thinking" ? { ...block, signature: "c2NyaXB0ZWQ=" } : block;
}

function emptied(block: Content) {
  if (block.type === "tool_use") return { ...block, input: {} };
  return block.type === "thinking" ? { ...block, thinking: "", signature: "" } : { ...block, text: "" };
}

function* deltas(block: Content, chunkSize: number) {
  if (block.type === "tool_use") {
    for (const json of chunks(JSON.stringify(block.input), chunkSize)) {
      yield { type: "input_json_delta", partial_json: json };
    }
  } else if (block.type === "thinking") {
    for (const thinking of chunks(block.thinking, chunkSize)) yield { type: "thinking_delta", thinking };
    yield { type: "signature_delta", signature: block.signature };
  } else {
    for (const text of chunks(block.text, chunkSize)) yield { type: "text_delta", text };
  }
}

/** Cuts between code points, since half of a surrogate pair does not survive UTF-8. */
function* chunks(text: string, chunkSize: number): Generator<string> {
  let chunk = "";
  for (const character of text) {
    if (chunk !== "" && chunk.length + character.length > chunkSize) {
      yield chunk;
      chunk = "";
    }
    chunk += character;
  }
  if (chunk !== "") yield chunk;
}

function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
}
