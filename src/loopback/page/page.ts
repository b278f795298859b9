import type { Context } from "hono";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { openNetwork } from "../discord/network.ts";
import type { Person } from "../discord/people/person.ts";
import type { LoopbackDiscord } from "../discord/server.ts";
import { createActs } from "./acts.ts";
import { pageState } from "./state.ts";
import { createStaticFiles } from "./static-files.ts";

/** A page on 127.0.0.1 that shows a loopback Discord as one of its people sees it. */
export interface Page {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the page; what is done on it is done as `person`. `port` 0, the default, takes any free one. */
export async function startPage(options: {
  discord: LoopbackDiscord;
  person: Person;
  port?: number;
}): Promise<Page> {
  const { discord, person } = options;
  const acts = createActs(person);
  const serveFile = createStaticFiles();
  const stopping = new AbortController();
  const app = new Hono();

  app.use(async (context, next) => {
    if (!isOwn(context, port)) return context.text("This page is for this machine only.", 403);
    await next();
    context.header("Cache-Control", "no-store");
    // Whatever a message says, nothing is fetched from elsewhere and no script of it runs.
    context.header("Content-Security-Policy", policy(new URL(discord.apiUrl).origin));
  });
  app.get("/state", (context) => context.json(pageState(discord, person)));
  app.get("/messages/:channelId", (context) => context.json(person.sees(context.req.param("channelId"))));
  app.get("/events", (context) =>
    streamSSE(context, async (stream) => {
      const end = discord.onChange((change) => {
        if (change.onlyFor !== undefined && change.onlyFor !== person.id) return;
        const userId = change.type === "TYPING_START" ? change.data.user_id : undefined;
        const data = JSON.stringify({ type: change.type, channelId: change.channelId, userId });
        stream.writeSSE({ data }).catch(() => stream.abort());
      });
      await new Promise<void>((resolve) => {
        stream.onAbort(resolve);
        stopping.signal.addEventListener("abort", () => resolve());
      });
      end();
    }),
  );
  app.post("/act", async (context) => {
    try {
      return context.json(await acts(await context.req.json()));
    } catch (error) {
      return context.json({ error: error instanceof Error ? error.message : String(error) }, 400);
    }
  });
  app.get("*", async (context) => {
    const file = await serveFile(context.req.path);
    if (file === undefined) return context.notFound();
    return context.body(file.body, 200, { "Content-Type": file.contentType });
  });

  const network = await openNetwork({ port: options.port ?? 0, fetch: app.fetch, onServer: () => {} });
  const { port } = network;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      stopping.abort();
      await network.goAway();
    },
  };
}

/** Another page in the same browser may neither read this one under a name of its own nor act on it. */
function isOwn(context: Context, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(context.req.header("host") ?? "")) return false;
  if (context.req.method !== "POST") return true;
  const isJson = (context.req.header("content-type") ?? "").startsWith("application/json");
  return isJson && hosts.some((host) => context.req.header("origin") === `http://${host}`);
}

function policy(attachments: string): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
    `img-src 'self' data: ${attachments}`,
    `media-src ${attachments}`,
  ].join("; ");
}
