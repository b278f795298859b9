import { Worker } from "node:worker_threads";
import type { UsageOverview } from "./usage-overview.ts";

/** Far more than drawing takes, also on a slow machine. */
const TIMEOUT_MS = 30_000;

/**
 * A picture (PNG) of what each day took. It is drawn in a thread of its own: loading the library and drawing keep a
 * slow machine busy for longer than Discord waits for an answer, and the library's 60 MB go with the thread.
 */
export function usageChart(overview: UsageOverview): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const file = new URL(`./draw-usage-thread.${extension}`, import.meta.url);
    const worker = new Worker(file, { workerData: overview });
    const timer = setTimeout(() => {
      reject(new Error(`no picture within ${TIMEOUT_MS} ms`));
      void worker.terminate();
    }, TIMEOUT_MS);
    worker.once("message", (png: Uint8Array) => resolve(Buffer.from(png)));
    worker.once("error", reject);
    worker.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the thread ended with ${code} and no picture`));
    });
  });
}
