import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type HttpBindings, serve } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { demoScript } from "./demo-script.ts";
import { fail } from "./failure-replies.ts";
import { describeRequest, type ModelRequest } from "./model-request.ts";
import { playReply } from "./play-reply.ts";
import { type Step, say } from "./reply.ts";
import { requestBody } from "./request-body.ts";

/** What the model answers: one step, or a sequence that plays on after each tool result and then repeats its end. */
export type Script = (request: ModelRequest) => Answer | Promise<Answer>;
export type Answer = Step | readonly Step[];

export interface ScriptedModel {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** The requests for messages, oldest first; of very many only the latest thousand. */
  readonly requests: readonly ModelRequest[];
  /** Breaks off what is being answered and closes. */
  stop(): Promise<void>;
}

/**
 * Starts an Anthropic Messages API on 127.0.0.1 that plays a script to the real CLI. Without a port a free one is
 * taken, without a script the demo's. A script that throws answers 500 with what it threw.
 */
export async function startScriptedModel(
  options: { readonly port?: number; readonly script?: Script } = {},
): Promise<ScriptedModel> {
  const script = options.script ?? demoScript;
  const requests: ModelRequest[] = [];
  const countAttempt = createAttemptCounter();
  const stopping = new AbortController();
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.post("/v1/messages", async (context) => {
    const parsed = requestBody.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) return context.json(invalidRequest(parsed.error.message), 400);
    const request = describeRequest(parsed.data, context.req.header(), countAttempt);
    requests.push(request);
    if (requests.length > REQUESTS_KEPT) requests.shift();
    return play(context, request, await answer(script, request), stopping.signal);
  });
  app.post("/v1/messages/count_tokens", async (context) =>
    context.json({ input_tokens: Math.ceil((await context.req.text()).length / 4) }),
  );
  app.on(["GET", "HEAD"], "/", (context) => context.json({ name: "scripted model" }));
  app.all("*", (context) => context.json({ type: "error", error: NOT_FOUND }, 404));

  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: options.port ?? 0 }) as Server;
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      if (!server.listening) return;
      stopping.abort();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

type Respond = Context<{ Bindings: HttpBindings }>;

/** Writes to Node's own response, since only there a connection can be cut; Hono is told that it is done. */
async function play(
  context: Respond,
  request: ModelRequest,
  step: Step,
  stopping: AbortSignal,
): Promise<Response> {
  const response: ServerResponse = context.env.outgoing;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const signal = AbortSignal.any([stopping, gone.signal]);
  const reply = typeof step === "string" ? say(step) : step;
  await playReply(reply, response, { model: request.model, stream: request.stream, signal }).catch(
    (error) => {
      // The CLI may hang up at any time, for instance when its turn is interrupted; that is no failure of ours.
      if (!signal.aborted) throw error;
    },
  );
  if (reply.kind === "hang") await aborted(signal);
  return RESPONSE_ALREADY_SENT;
}

async function answer(script: Script, request: ModelRequest): Promise<Step> {
  try {
    const answered = await script(request);
    if (typeof answered === "string" || !Array.isArray(answered)) return answered as Step;
    return answered[Math.min(request.step, answered.length - 1)] ?? "";
  } catch (error) {
    return fail(500, {
      message: `the script threw: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

/** Counts per key; forgets the oldest keys, so that a long demo does not grow. */
function createAttemptCounter(): (key: string) => number {
  const attempts = new Map<string, number>();
  return (key) => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.delete(key);
    attempts.set(key, attempt);
    for (const oldest of attempts.keys()) {
      if (attempts.size <= REQUESTS_KEPT) break;
      attempts.delete(oldest);
    }
    return attempt;
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

function invalidRequest(message: string) {
  return { type: "error", error: { type: "invalid_request_error", message } };
}

const REQUESTS_KEPT = 1000;
const NOT_FOUND = { type: "not_found_error", message: "The scripted model has no such path." };
