import { z } from "zod";

/** A line of a kind that we know, in a shape that we don't: what it meant can't be guessed. */
export class ProtocolError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ProtocolError";
  }
}

const text = z.string();
const optionalText = text.nullish();
const count = z.number().nullish();
const anyObject = z.record(text, z.unknown());

const usage = z.object({
  input_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  output_tokens: count,
});
export type Usage = z.infer<typeof usage>;

const KNOWN_BLOCKS: ReadonlySet<string> = new Set(["text", "tool_use", "tool_result"]);

const contentBlock = z.union([
  z.object({ type: z.literal("text"), text }),
  z.object({ type: z.literal("tool_use"), id: text, name: text, input: anyObject }),
  z.object({
    type: z.literal("tool_result"),
    tool_use_id: text,
    content: z.union([text, z.array(z.object({ type: text, text: optionalText }))]).nullish(),
    is_error: z.boolean().nullish(),
  }),
  z
    .object({ type: text.refine((type) => !KNOWN_BLOCKS.has(type)) })
    .transform((): { type: "other" } => ({ type: "other" })),
]);

const schemas = {
  "system/init": z.object({ model: text, user_message_uuids: z.array(text).nullish() }),
  "system/status": z.object({ status: optionalText }),
  "system/api_retry": z.object({
    attempt: z.number(),
    retry_delay_ms: z.number(),
    error_status: count,
    error: optionalText,
  }),
  "system/thinking_tokens": z.object({ estimated_tokens: z.number() }),
  "system/background_tasks_changed": z.object({ tasks: z.array(z.unknown()) }),
  "system/session_writes_lost": z.object({}),
  stream_event: z.object({
    parent_tool_use_id: optionalText,
    event: z.object({
      type: text,
      message: z.object({ usage: usage.nullish() }).nullish(),
      delta: z.object({ type: optionalText, text: optionalText }).nullish(),
      usage: usage.nullish(),
    }),
  }),
  assistant: z.object({
    message: z.object({ model: optionalText, content: z.array(contentBlock), usage: usage.nullish() }),
    parent_tool_use_id: optionalText,
    error: optionalText,
    is_api_error_message: z.boolean().nullish(),
    api_error_status: count,
    api_error: optionalText,
  }),
  user: z.object({
    message: z.object({ content: z.union([text, z.array(contentBlock)]) }),
    isReplay: z.boolean().nullish(),
  }),
  result: z.object({
    subtype: text,
    is_error: z.boolean(),
    result: optionalText,
    errors: z.array(text).nullish(),
    terminal_reason: optionalText,
    api_error_status: count,
    startup_failure_reason: optionalText,
    total_cost_usd: count,
    duration_ms: count,
    num_turns: count,
    usage: usage.nullish(),
    modelUsage: z.record(text, z.object({ contextWindow: count })).nullish(),
    permission_denials: z.array(z.object({ tool_name: text, tool_use_id: optionalText })).nullish(),
    user_message_uuid: optionalText,
    user_message_uuids: z.array(text).nullish(),
  }),
  control_request: z.object({ request_id: text, request: z.looseObject({ subtype: text }) }),
  control_response: z.object({
    response: z.union([
      z.object({ subtype: z.literal("success"), request_id: text, response: z.unknown().optional() }),
      z.object({ subtype: z.literal("error"), request_id: text, error: text }),
    ]),
  }),
  control_cancel_request: z.object({ request_id: text }),
  command_lifecycle: z.object({ command_uuid: text, state: text }),
  rate_limit_event: z.object({
    rate_limit_info: z.object({
      status: text,
      resetsAt: count,
      rateLimitType: optionalText,
      utilization: count,
    }),
  }),
};

type Schemas = typeof schemas;
/** The fields of one kind of line, by the name that `kind` has. */
export type LineOf<Kind extends keyof Schemas> = z.infer<Schemas[Kind]>;
type KnownLine = {
  [Kind in keyof Schemas]: { readonly kind: Kind; readonly line: LineOf<Kind> };
}[keyof Schemas];
export type Line = KnownLine | { readonly kind: "other" } | { readonly kind: "noise" };

/**
 * One line of stdout. A kind that we don't know is `other`; what doesn't even begin like a line of the protocol, a
 * stray print, is `noise`; a known kind of a wrong shape throws ProtocolError, or its turn would never end.
 */
export function parseLine(source: string): Line {
  if (!source.startsWith("{")) return { kind: "noise" };
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch (error) {
    // Without the line itself: what Claude says in it is for nobody's log.
    const type = /^\{"type":"(\w+)"/.exec(source)?.[1] ?? "of no known type";
    throw new ProtocolError(`a line of stdout is not JSON: ${type}, ${source.length} characters`, {
      cause: error,
    });
  }
  const kind = kindOf(json);
  if (!isKnown(kind)) return { kind: "other" };
  const parsed = schemas[kind].safeParse(json);
  if (!parsed.success) {
    const problem = z.prettifyError(parsed.error);
    throw new ProtocolError(`a line of kind ${kind} has an unknown shape: ${problem}`, {
      cause: parsed.error,
    });
  }
  return { kind, line: parsed.data } as KnownLine;
}

/** What a `can_use_tool` request asks for. */
export function parsePermissionRequest(request: unknown): z.infer<typeof permissionRequest> {
  const parsed = permissionRequest.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new ProtocolError(`a permission request has an unknown shape: ${z.prettifyError(parsed.error)}`);
}

const permissionRequest = z.object({
  tool_name: text,
  tool_use_id: text,
  input: anyObject,
  permission_suggestions: z.array(z.unknown()).nullish(),
});

const named = z.object({ type: text, subtype: z.unknown().optional() });

function kindOf(json: unknown): string {
  const parsed = named.safeParse(json);
  if (!parsed.success) throw new ProtocolError("a line of stdout has no type");
  return parsed.data.type === "system" ? `system/${String(parsed.data.subtype)}` : parsed.data.type;
}

function isKnown(kind: string): kind is keyof Schemas {
  return Object.hasOwn(schemas, kind);
}
