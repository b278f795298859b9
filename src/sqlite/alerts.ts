import type { Alert, AlertStore } from "../core/operations/alerts.ts";
import type { Database } from "./database.ts";

/** The alerts in SQLite. `now` gives ms since the epoch. */
export function createAlertStore(db: Database, now: () => number): AlertStore {
  const raise = db.prepare(`
    INSERT INTO alerts (kind, key, facts, active, told, changed_at) VALUES (@kind, @key, @facts, 1, 0, @now)
    ON CONFLICT (kind, key) DO UPDATE SET facts = @facts,
      changed_at = CASE WHEN active THEN changed_at ELSE @now END,
      -- What was told to stand, ended and stands again before its end was told: nothing has changed for anybody.
      active = 1`);
  const forgetUntold = db.prepare("DELETE FROM alerts WHERE kind = ? AND key = ? AND told = 0");
  const clear = db.prepare(`
    UPDATE alerts SET active = 0, changed_at = @now WHERE kind = @kind AND key = @key AND active = 1`);
  const standing = db.prepare("SELECT * FROM alerts WHERE active = 1 ORDER BY changed_at");
  const untold = db.prepare("SELECT * FROM alerts WHERE told <> active ORDER BY changed_at");
  const setTold = db.prepare("UPDATE alerts SET told = 1 WHERE kind = ? AND key = ?");
  const forget = db.prepare("DELETE FROM alerts WHERE kind = ? AND key = ?");

  return {
    raise: (kind, key, facts) => {
      raise.run({ kind, key, facts: JSON.stringify(facts), now: now() });
    },
    clear: db.transaction((kind, key) => {
      forgetUntold.run(kind, key);
      clear.run({ kind, key, now: now() });
    }).immediate,
    standing: () => (standing.all() as AlertRow[]).map(alertOf),
    untold: () => (untold.all() as AlertRow[]).map(alertOf),
    told: ({ kind, key, isActive }) => {
      if (isActive && kind !== "daemon_crashed") setTold.run(kind, key);
      else forget.run(kind, key);
    },
  };
}

interface AlertRow {
  readonly kind: Alert["kind"];
  readonly key: string;
  readonly facts: string;
  readonly active: number;
  readonly changed_at: number;
}

function alertOf(row: AlertRow): Alert {
  return {
    kind: row.kind,
    key: row.key,
    facts: JSON.parse(row.facts) as Alert["facts"],
    isActive: row.active === 1,
    changedAtMs: row.changed_at,
  };
}
