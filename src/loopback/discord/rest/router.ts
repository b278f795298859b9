import { setTimeout as delay } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { ApiError, refusal } from "../api-error.ts";
import { type FaultList, faultResponse } from "../faults.ts";
import type { RateLimits } from "../rate-limits.ts";
import type { World } from "../world.ts";
import { type ParsedBody, parseBody } from "./body.ts";
import type { RequestLog, RequestRecord } from "./request-log.ts";

/** What a route's handler gets. */
export interface RestCall extends ParsedBody {
  /** A named part of the path; `@me` is the bot's id. */
  readonly param: (name: string) => string;
  readonly query: URLSearchParams;
}

/** What it gives: JSON with status 200, `created(…)`, or undefined for 204. It throws ApiError to refuse. */
export type RestHandler = (call: RestCall) => unknown;

/** JSON with status 201. */
export function created(body: unknown): Created {
  return new Created(body);
}

class Created {
  readonly body: unknown;

  constructor(body: unknown) {
    this.body = body;
  }
}

/** The methods that Discord's API uses. */
export type RestMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Adds a route. With `auth: "none"` the path itself holds the secret, as for webhooks and interactions. */
export type AddRoute = (
  method: RestMethod,
  route: string,
  handler: RestHandler,
  options?: { auth: "none" },
) => void;

/** What the router asks before it serves a request. */
export interface RestDeps {
  readonly faults: FaultList;
  readonly log: RequestLog;
  /** Undefined: requests are not limited. */
  readonly rateLimits: RateLimits | undefined;
}

type LoopbackContext = Context<{ Bindings: HttpBindings }>;

/** The HTTP side: every request is logged, then meets its fault, its limit, its authorization and its handler. */
export function createRestRouter(world: World, deps: RestDeps) {
  const app = new Hono<{ Bindings: HttpBindings }>();

  const answer = async (
    context: LoopbackContext,
    route: string | undefined,
    serve: RestHandler,
    open: boolean,
  ) => {
    const { method } = context.req;
    const path = context.req.path.replace(/^\/api(\/v\d+)?/, "");
    const authorized = context.req.header("Authorization") === `Bot ${world.token}`;
    const parsed = await parseBody(context.req.raw).catch((error: unknown) => asRefusal(error));
    const record: RequestRecord = {
      method,
      path,
      route,
      query: context.req.query(),
      body: parsed instanceof ApiError ? undefined : parsed.body,
      fileNames: parsed instanceof ApiError ? [] : [...parsed.files.values()].map((file) => file.name),
      authorized,
      atMs: world.now(),
      status: undefined,
    };
    deps.log.add(record);

    const carryOut = async (): Promise<Served> => {
      if (!authorized && !open) throw refusal("unauthorized");
      if (parsed instanceof ApiError) throw parsed;
      const param = (name: string) => {
        const value = context.req.param(name) ?? "";
        return value === "@me" ? world.botId : value;
      };
      const query = new URL(context.req.url).searchParams;
      const result: unknown = await serve({ ...parsed, param, query });
      if (result instanceof Created) return { status: 201, body: result.body };
      return { status: result === undefined ? 204 : 200, body: result };
    };

    const fault = deps.faults.take(method, path);
    const beSlow = () => delay(fault?.delayMs ?? 1000, undefined, { ref: false });
    if (fault?.status === "slow") {
      if (fault.afterTakingEffect !== true) await beSlow();
    } else if (fault !== undefined) {
      if (fault.afterTakingEffect === true) await carryOut().catch(asRefusal);
      // Nothing holds on to this promise but the request: it goes when the connection does.
      if (fault.status === "hang") return new Promise<Response>(() => {});
      if (fault.status === "drop") {
        context.env.incoming.socket.destroy();
        return new Response(null);
      }
      deps.log.answered(record, fault.status, undefined);
      return faultResponse({ ...fault, status: fault.status });
    }

    const majorId = /^\/(?:channels|guilds|webhooks)\/([^/]+)/.exec(path)?.[1] ?? "";
    const limit =
      route === undefined ? undefined : deps.rateLimits?.count({ method, route, majorId, body: record.body });
    let served: Served;
    if (limit?.exceeded === true) {
      deps.log.addRateLimited(record);
      const { retryAfterMs, global } = limit;
      const retry_after = retryAfterMs / 1000;
      served = { status: 429, body: { message: "You are being rate limited.", retry_after, global } };
    } else {
      served = await carryOut().catch((error: unknown) => refused(asRefusal(error)));
    }
    if (fault?.status === "slow" && fault.afterTakingEffect === true) await beSlow();
    const { status, body } = served;
    const response = body === undefined ? new Response(null, { status }) : Response.json(body, { status });
    for (const [name, value] of Object.entries(limit?.headers ?? {})) response.headers.set(name, value);
    deps.log.answered(record, status, body);
    return response;
  };

  const add: AddRoute = (method, route, handler, options) => {
    app.on(method, `/api/v10${route}`, (context) =>
      answer(context, route, handler, options?.auth === "none"),
    );
  };
  app.notFound((context) => {
    const unknown = () => {
      throw refusal("notFound");
    };
    return answer(context, undefined, unknown, true);
  });
  app.onError((error) => {
    throw error;
  });
  return { app, add };
}

/** An error that is no refusal is a fault of this server, and must be seen as one. */
function asRefusal(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(
    500,
    0,
    `500: Internal Server Error: ${error instanceof Error ? error.stack : String(error)}`,
  );
}

interface Served {
  readonly status: number;
  /** Undefined: none. */
  readonly body: unknown;
}

function refused(error: ApiError): Served {
  const { message, code, errors, status } = error;
  return { status, body: { message, code, ...(errors === undefined ? {} : { errors }) } };
}
