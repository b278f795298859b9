import type { BudgetReleases } from "../core/projects/budget-releases.ts";
import type { Database } from "./database.ts";

/** On which days an administrator let a project run on. */
export function createBudgetReleases(db: Database): BudgetReleases {
  const add = db.prepare(
    "INSERT OR IGNORE INTO budget_releases (day, project_name, user_id) VALUES (?, ?, ?)",
  );
  const has = db.prepare("SELECT 1 FROM budget_releases WHERE day = ? AND project_name = ?").pluck();
  return {
    release: (projectName, day, userId) => add.run(day, projectName, userId).changes === 1,
    isReleased: (projectName, day) => has.get(day, projectName) !== undefined,
  };
}
