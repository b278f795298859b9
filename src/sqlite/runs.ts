import type { Database } from "./database.ts";

/** A start of the daemon that has no end noted: a crash, a kill, or the machine went down. */
export interface CutRun {
  readonly startedAtMs: number;
  readonly version: string;
  /** Of what it died of, where it could still say so. */
  readonly errorId: string | undefined;
}

/** The daemon's starts and ends. */
export interface RunStore {
  /** Notes a start; returns the last run when that did not stop by itself. */
  begin(version: string): CutRun | undefined;
  /** The running daemon dies of this. */
  dies(errorId: string): void;
  end(): void;
}

const KEPT = 100;

export function createRunStore(db: Database, now: () => number): RunStore {
  const last = db.prepare("SELECT * FROM runs ORDER BY id DESC LIMIT 1");
  const insert = db.prepare("INSERT INTO runs (version, started_at) VALUES (?, ?)");
  const prune = db.prepare(`DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ${KEPT}`);
  const setError = db.prepare("UPDATE runs SET error_id = ? WHERE id = (SELECT max(id) FROM runs)");
  const setEnd = db.prepare("UPDATE runs SET ended_at = ? WHERE id = (SELECT max(id) FROM runs)");
  return {
    begin: db.transaction((version: string) => {
      const before = last.get() as RunRow | undefined;
      insert.run(version, now());
      prune.run();
      if (before === undefined || before.ended_at !== null) return undefined;
      const { started_at: startedAtMs, error_id, version: ran } = before;
      return { startedAtMs, version: ran, errorId: error_id ?? undefined };
    }).immediate,
    dies: (errorId) => {
      setError.run(errorId);
    },
    end: () => {
      setEnd.run(now());
    },
  };
}

interface RunRow {
  readonly version: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly error_id: string | null;
}
