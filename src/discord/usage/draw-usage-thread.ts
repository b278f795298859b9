import { parentPort, workerData } from "node:worker_threads";
import { drawUsage } from "./draw-usage.ts";
import type { UsageOverview } from "./usage-overview.ts";

/* What runs in the thread that usage-chart.ts starts. */

parentPort?.postMessage(await drawUsage(workerData as UsageOverview));
