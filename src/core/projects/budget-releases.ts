import type { Snowflake } from "./project.ts";

/** On which days (`2026-11-22`) an administrator let a project run on, though its budget was used up. */
export interface BudgetReleases {
  /** False when somebody did before. */
  release(projectName: string, day: string, userId: Snowflake): boolean;
  isReleased(projectName: string, day: string): boolean;
}
