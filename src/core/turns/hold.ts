import type { BudgetHold } from "../projects/budget.ts";

/** Why a turn waits that could run otherwise, and until when (ms since the epoch). */
export type Hold =
  | { readonly by: "usage_limit"; readonly untilMs: number }
  | ({ readonly by: "budget" } & BudgetHold);
