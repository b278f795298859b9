import type { Handler } from "hono";
import { streamSSE } from "hono/streaming";
import { sections } from "./sections.ts";
import type { StatusFacts } from "./status-facts.ts";

const INTERVAL_MS = 1_000;
/** More are refused: each asks for everything once a second. */
const MOST_VIEWERS = 20;

/** Sends each part of the page that has changed, looked at once a second, for as long as somebody looks. */
export function livePage(status: () => Promise<StatusFacts>): Handler {
  let viewers = 0;
  return (context) => {
    if (viewers >= MOST_VIEWERS) return context.text("Too many pages are open.\n", 503);
    viewers += 1;
    return streamSSE(context, async (stream) => {
      const ended = new AbortController();
      stream.onAbort(() => ended.abort());
      const sent = new Map<string, string>();
      try {
        while (!ended.signal.aborted) {
          for (const [id, part] of Object.entries(sections(await status()))) {
            const text = String(await part);
            if (sent.get(id) === text) continue;
            sent.set(id, text);
            await stream.writeSSE({ event: "part", data: JSON.stringify({ id, html: text }) });
          }
          await stream.sleep(INTERVAL_MS);
        }
      } finally {
        viewers -= 1;
      }
    });
  };
}
