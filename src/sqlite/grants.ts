import type { GrantStore } from "../core/access/grants.ts";
import type { Database } from "./database.ts";

/** What people allowed for the rest of each session. `now` gives ms since the epoch. */
export function createGrantStore(db: Database, now: () => number): GrantStore {
  const insert = db.prepare(`
    INSERT OR IGNORE INTO session_grants (session_id, kind, value, granted_at) VALUES (?, ?, ?, ?)`);
  const remove = db.prepare("DELETE FROM session_grants WHERE session_id = ? AND kind = ? AND value = ?");
  const ofSession = db.prepare(`
    SELECT kind, value FROM session_grants WHERE session_id = ? ORDER BY granted_at, value`);

  return {
    of: (sessionId) => {
      const rows = ofSession.all(sessionId) as { kind: GrantKind; value: string }[];
      const values = (kind: GrantKind) => rows.filter((row) => row.kind === kind).map((row) => row.value);
      const acceptsEdits = values("mode").includes(ACCEPTS_EDITS);
      return { rules: values("rule"), directories: values("directory"), acceptsEdits };
    },
    add: db.transaction((sessionId, { rules, directories, acceptsEdits }) => {
      for (const rule of rules) insert.run(sessionId, "rule", rule, now());
      for (const directory of directories) insert.run(sessionId, "directory", directory, now());
      if (acceptsEdits) insert.run(sessionId, "mode", ACCEPTS_EDITS, now());
    }),
    remove: db.transaction((sessionId, { rules, directories, acceptsEdits }) => {
      for (const rule of rules) remove.run(sessionId, "rule", rule);
      for (const directory of directories) remove.run(sessionId, "directory", directory);
      if (acceptsEdits) remove.run(sessionId, "mode", ACCEPTS_EDITS);
    }),
  };
}

type GrantKind = "rule" | "directory" | "mode";

const ACCEPTS_EDITS = "acceptEdits";
