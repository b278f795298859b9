import type { UsageStore } from "../../core/history/usage.ts";
import type { UsageOverview } from "./usage-overview.ts";

/** What `/usage` works on. */
export interface UsageDeps {
  readonly usage: UsageStore;
  /** A picture of it; undefined when none can be drawn here. */
  readonly usageChart: (overview: UsageOverview) => Promise<Buffer | undefined>;
}
