/** One block of an assistant message. A tool use without an id gets a fresh one when it is played. */
export type ReplyBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string }
  | { readonly type: "tool_use"; readonly name: string; readonly input: unknown; readonly id?: string };

/** What goes wrong on the wire after `afterDeltas` deltas of the message have been written. */
export interface StreamFault {
  readonly type: "cut" | "error_event" | "stall";
  readonly afterDeltas: number;
  /** What a cut waits for; without it, a moment in which the client can read what was written. */
  readonly when?: Promise<unknown>;
}

export interface Pace {
  /** UTF-16 units in one delta; the default is 24. */
  readonly chunkSize?: number;
  /** Pause before each delta; the default is none. */
  readonly delayMs?: number;
}

/** An assistant message, written as a stream or whole, as the request asks. */
export interface MessageReply extends Pace {
  readonly kind: "message";
  readonly blocks: readonly ReplyBlock[];
  readonly stopReason?: "max_tokens" | "refusal";
  /** Plays on streams only: a request that asks for the whole message gets it whole. */
  readonly fault?: StreamFault;
  /** What the usage says was read; the default is 10. */
  readonly inputTokens?: number;
  /** Extra response headers, such as the state of a usage window. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An HTTP error in the API's own shape. */
export interface FailReply {
  readonly kind: "fail";
  readonly status: number;
  readonly errorType: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request is taken and never answered. */
export interface HangReply {
  readonly kind: "hang";
}

/** The connection is reset before any answer. */
export interface ResetReply {
  readonly kind: "reset";
}

export type Reply = MessageReply | FailReply | HangReply | ResetReply;

/** A text stands for `say(text)`. */
export type Step = Reply | string;

/** The assistant says this text. */
export function say(text: string, pace: Pace = {}): MessageReply {
  return { kind: "message", blocks: [{ type: "text", text }], ...pace };
}

/** The assistant asks for one tool use. */
export function use(name: string, input: unknown, id?: string): MessageReply {
  const block = { type: "tool_use", name, input } as const;
  return { kind: "message", blocks: [id === undefined ? block : { ...block, id }] };
}

/** The assistant thinks this; put something after it with `together`, since no real message is only a thought. */
export function think(thinking: string): MessageReply {
  return { kind: "message", blocks: [{ type: "thinking", thinking }] };
}

/** Several replies as the blocks of one message: a thought and a text, or parallel tool uses. Later settings win. */
export function together(...replies: readonly MessageReply[]): MessageReply {
  return Object.assign({ kind: "message" as const }, ...replies, {
    blocks: replies.flatMap((reply) => reply.blocks),
  });
}

/** The connection is cut in the middle of the message, after `afterDeltas` deltas, once `when` has settled. */
export function cutAfter(
  afterDeltas: number,
  reply: MessageReply = say(FAULTY_TEXT),
  when?: Promise<unknown>,
): MessageReply {
  return { ...reply, fault: { type: "cut", afterDeltas, ...(when === undefined ? {} : { when }) } };
}

/** The stream carries an `error` event after `afterDeltas` deltas, as an overloaded API sends it. */
export function errorEventAfter(afterDeltas: number, reply: MessageReply = say(FAULTY_TEXT)): MessageReply {
  return { ...reply, fault: { type: "error_event", afterDeltas } };
}

/** The stream falls silent after `afterDeltas` deltas, and the connection stays open. */
export function stall(afterDeltas = 2, reply: MessageReply = say(FAULTY_TEXT)): MessageReply {
  return { ...reply, fault: { type: "stall", afterDeltas } };
}

/** The request is never answered. */
export function hang(): HangReply {
  return { kind: "hang" };
}

/** The connection is closed without an answer. */
export function reset(): ResetReply {
  return { kind: "reset" };
}

/** The message ends because it reached the limit of output tokens. */
export function maxTokens(text: string): MessageReply {
  return { ...say(text), stopReason: "max_tokens" };
}

/** The model's safeguards refuse the request. */
export function refuse(): MessageReply {
  return { kind: "message", blocks: [], stopReason: "refusal" };
}

const FAULTY_TEXT = "This answer is long enough to break in the middle of the stream.";
