import { readFileSync } from "node:fs";
import { type Context, Hono } from "hono";
import type { Health } from "../core/operations/health.ts";
import { requireAccess } from "./access.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { livePage } from "./page/live.ts";
import { statusPage } from "./page/page.ts";
import type { StatusFacts } from "./page/status-facts.ts";
import { securityHeaders } from "./security-headers.ts";

export interface AppDeps {
  /** What must be shown by whoever looks, asked each time; undefined on loopback where none is configured. */
  readonly token: () => string | undefined;
  readonly health: () => Promise<Health>;
  /** Why messages are not answered at this moment; undefined when they are. */
  readonly notReady: () => string | undefined;
  readonly metrics: Pick<Metrics, "text" | "contentType">;
  readonly status: () => Promise<StatusFacts>;
  readonly onError: (error: unknown) => void;
}

/** What `health.listen` serves. Nothing here changes anything. */
export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  app.use(securityHeaders());

  const guard = requireAccess(deps.token);
  // Who probes has no token, and learns without one that it works or not, and no more.
  const isProbe = (context: Context) =>
    deps.token() !== undefined && context.req.header("authorization") === undefined;
  app.use(async (context, next) => {
    if (PROBED.has(context.req.path) && isProbe(context)) return next();
    return guard(context, next);
  });

  app.get("/healthz", async (context) => {
    const health = await deps.health();
    const shown = isProbe(context) ? { status: health.status } : health;
    return context.json(shown, health.status === "failing" ? 503 : 200);
  });
  app.get("/readyz", (context) => {
    const why = deps.notReady();
    return why === undefined ? context.json({ ready: true }) : context.json({ ready: false, why }, 503);
  });
  app.get("/metrics", async (context) =>
    context.body(await deps.metrics.text(), 200, { "Content-Type": deps.metrics.contentType }),
  );
  app.get("/", async (context) => context.html(await statusPage(await deps.status())));
  app.get("/live", livePage(deps.status));
  for (const [path, type] of [
    ["/page.css", "text/css"],
    ["/page.js", "text/javascript"],
  ] as const) {
    const text = readFileSync(new URL(`./page/public${path}`, import.meta.url), "utf8");
    app.get(path, (context) => context.body(text, 200, { "Content-Type": `${type}; charset=utf-8` }));
  }
  // Browsers ask for it by themselves.
  app.get("/favicon.ico", (context) => context.body(null, 204));
  app.notFound((context) => context.text("Not here. There are: / /healthz /readyz /metrics\n", 404));
  app.onError((error, context) => {
    deps.onError(error);
    return context.text("This can't be told at the moment; the log says why.\n", 500);
  });
  return app;
}

const PROBED: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);
