import { dayOf, sumUsage, type UsageStore } from "../../core/history/usage.ts";
import { type BudgetHold, budgetHold } from "../../core/projects/budget.ts";
import type { BudgetReleases } from "../../core/projects/budget-releases.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";

export interface BudgetsDeps {
  readonly projectNamed: (name: string) => Project | undefined;
  readonly usage: UsageStore;
  readonly releases: BudgetReleases;
  readonly now: () => number;
}

/** What projects may cost today. */
export interface Budgets {
  /** Why turns of this project have to wait now; undefined when they may run. */
  hold(projectName: string): BudgetHold | undefined;
  /** The same, whether or not an administrator lets them run on. */
  usedUp(projectName: string): BudgetHold | undefined;
  /** Lets the project run on today; false when nothing held it. */
  release(projectName: string, userId: Snowflake): boolean;
}

export function createBudgets({ projectNamed, usage, releases, now }: BudgetsDeps): Budgets {
  const usedUp = (projectName: string) => {
    const budget = projectNamed(projectName)?.budget;
    if (budget?.perDayUsd === undefined) return undefined;
    const nowMs = now();
    const today = dayOf(nowMs);
    const { costUsd } = sumUsage(usage.daily({ from: today, to: today, projectNames: [projectName] }));
    return budgetHold(budget, costUsd, nowMs);
  };
  const hold = (projectName: string) => {
    const used = usedUp(projectName);
    return used === undefined || releases.isReleased(projectName, dayOf(now())) ? undefined : used;
  };
  return {
    hold,
    usedUp,
    release: (projectName, userId) =>
      hold(projectName) !== undefined && releases.release(projectName, dayOf(now()), userId),
  };
}
