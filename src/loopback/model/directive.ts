import { z } from "zod";
import { creditTooLow, fail, promptTooLong, usageLimit } from "./failure-replies.ts";
import type { ModelRequest } from "./model-request.ts";
import type { MessageReply, Reply, Step } from "./reply.ts";
import {
  cutAfter,
  errorEventAfter,
  hang,
  maxTokens,
  refuse,
  reset,
  say,
  stall,
  think,
  together,
  use,
} from "./reply.ts";

/**
 * The reply that the last message asks for with `<<fake: [step, …]>>`, or undefined when it holds no directive.
 * Steps play in order, one for each assistant message since; the last one repeats. Nothing is remembered here, so
 * any number of sessions can do this at once.
 */
export function playDirective(request: ModelRequest): Step | undefined {
  const json = directiveJson(request.lastUserText);
  if (json === undefined) return undefined;
  const parsed = parseSteps(json);
  if (typeof parsed === "string") return parsed;
  return (
    stepAt(
      parsed.map((step) => () => toStep(step, request)),
      request.step,
    )?.() ?? ""
  );
}

/** The step of a sequence at this place; the last one repeats, and an empty sequence has none. */
export function stepAt<T>(steps: readonly T[], place: number): T | undefined {
  return steps[Math.min(place, steps.length - 1)];
}

/** The JSON list after the last `<<fake:` that is not inside another one's list. */
function directiveJson(text: string): string | undefined {
  let found: string | undefined;
  let from = text.indexOf(OPENING);
  while (from !== -1) {
    const start = from + OPENING.length;
    const end = endOfList(text, start);
    found = text.slice(start, end);
    from = text.indexOf(OPENING, end);
  }
  return found;
}

/** Where the `>>` after the list stands; brackets and arrows inside JSON strings do not count. */
function endOfList(text: string, start: number): number {
  let inString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (inString && character === "\\") index += 1;
    else if (character === '"') inString = !inString;
    else if (!inString && text.startsWith(">>", index)) return index;
  }
  return text.length;
}

function parseSteps(json: string): readonly DirectiveStep[] | string {
  try {
    return steps.parse(JSON.parse(json));
  } catch (error) {
    return `I cannot read this directive: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function toStep(step: DirectiveStep, request: ModelRequest): Reply {
  if (typeof step === "string") return say(step);
  if (Array.isArray(step)) return together(...step.map(toMessage));
  if ("attempts" in step) return toStep(stepAt(step.attempts, request.attempt - 1) ?? "", request);
  if ("fail" in step) return fail(step.fail, defined(step));
  if ("usageLimit" in step) {
    return usageLimit({ ...defined(step.usageLimit), resetsAtMs: Date.now() + step.usageLimit.resetsInMs });
  }
  if ("failure" in step) return NAMED_FAILURES[step.failure]();
  return toMessage(step);
}

function toMessage(step: MessageStep): MessageReply {
  if (typeof step === "string") return say(step);
  if ("tool" in step) return use(step.tool, step.input, step.id);
  if ("think" in step) return think(step.think);
  if ("maxTokens" in step) return maxTokens(step.maxTokens);
  const said = say(step.say, defined({ chunkSize: step.chunkSize, delayMs: step.delayMs }));
  if (step.cutAfter !== undefined) return cutAfter(step.cutAfter, said);
  if (step.errorEventAfter !== undefined) return errorEventAfter(step.errorEventAfter, said);
  if (step.stallAfter !== undefined) return stall(step.stallAfter, said);
  return said;
}

/** The same object without its undefined fields, which exact optional types do not take. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const OPENING = "<<fake:";

const NAMED_FAILURES = { hang, reset, refuse, promptTooLong, creditTooLow };

const messageStep = z.union([
  z.string(),
  z.strictObject({ tool: z.string(), input: z.unknown(), id: z.string().optional() }),
  z.strictObject({ think: z.string() }),
  z.strictObject({ maxTokens: z.string() }),
  z.strictObject({
    say: z.string(),
    chunkSize: z.int().positive().optional(),
    delayMs: z.int().nonnegative().optional(),
    cutAfter: z.int().nonnegative().optional(),
    errorEventAfter: z.int().nonnegative().optional(),
    stallAfter: z.int().nonnegative().optional(),
  }),
]);

const singleStep = z.union([
  messageStep,
  z.array(messageStep).nonempty(),
  z.strictObject({
    fail: z.int(),
    message: z.string().optional(),
    errorType: z.string().optional(),
    retryAfterSeconds: z.number().optional(),
  }),
  z.strictObject({
    usageLimit: z.strictObject({
      resetsInMs: z.number(),
      window: z.enum(["five_hour", "seven_day", "seven_day_opus"]).optional(),
    }),
  }),
  z.strictObject({ failure: z.enum(["hang", "reset", "refuse", "promptTooLong", "creditTooLow"]) }),
]);

const steps = z.array(z.union([singleStep, z.strictObject({ attempts: z.array(singleStep).nonempty() })]));

type MessageStep = z.infer<typeof messageStep>;
type DirectiveStep = z.infer<typeof steps>[number];
