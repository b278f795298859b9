import { CoordError } from "../core/operations/errors.ts";
import type { Ledger } from "../core/turns/ledger.ts";
import { watchLedger } from "../core/turns/ledger-watch.ts";
import type { Turn } from "../core/turns/turn.ts";
import { createAdditionJournal } from "../sqlite/additions.ts";
import { createAlertStore } from "../sqlite/alerts.ts";
import { copyOpenDatabase } from "../sqlite/backup.ts";
import { createBudgetReleases } from "../sqlite/budget-releases.ts";
import { createConversationFacts } from "../sqlite/conversation-facts.ts";
import { createCursorStore } from "../sqlite/cursors.ts";
import { createDeliveryStore } from "../sqlite/deliveries.ts";
import { createGrantStore } from "../sqlite/grants.ts";
import { createHeartbeatStore } from "../sqlite/heartbeat.ts";
import { createHistory } from "../sqlite/history.ts";
import { createLedger } from "../sqlite/ledger.ts";
import { createMaterialStore } from "../sqlite/material.ts";
import { openOrRestore } from "../sqlite/open-or-restore.ts";
import { createOutgoingStore } from "../sqlite/outgoing.ts";
import { createOverview } from "../sqlite/overview.ts";
import { createPromptStore } from "../sqlite/prompts.ts";
import { createRetention } from "../sqlite/retention.ts";
import { createRunStore } from "../sqlite/runs.ts";
import { createSessionStore } from "../sqlite/sessions.ts";
import { isDamage } from "../sqlite/storage-trouble.ts";
import { createUsageStore } from "../sqlite/usage.ts";
import { createWorktreeStore } from "../sqlite/worktrees.ts";
import type { Logger } from "./logging/logger.ts";

export interface StoresOptions {
  readonly file: string;
  /** Whether text that is no longer needed leaves the ledger. */
  readonly dropsText: () => boolean;
  /** Looks over every use of a store. */
  readonly watch: <T extends object>(name: string, store: T) => T;
  /** Hears of each turn that was accepted or has moved, once that is committed. */
  readonly onTurn: (turn: Turn) => void;
  /** The database turned out to be damaged while it was in use. */
  readonly onDamaged: (error: CoordError) => void;
  readonly log: Logger;
}

export type Stores = ReturnType<typeof openStores>;

/** Opens the database and makes its stores. A damaged one gives way to its newest backup, which is told in the log. */
export function openStores({ file, dropsText, watch, onTurn, onDamaged, log }: StoresOptions) {
  const { db, restored } = openOrRestore(file, Date.now());
  // The event loop stands still meanwhile; who waits longer for a lock tries again later.
  db.pragma("busy_timeout = 1000");
  if (restored !== undefined) log.error("sessions.db was damaged: a backup took its place", restored);
  const ledger: Ledger = watchLedger(watch("ledger", createLedger(db, Date.now, dropsText)), onTurn);
  return {
    /** When a backup took the place of a damaged database at this start; undefined when none did. */
    restoredAtMs: restored && Date.now(),
    ledger,
    /** Looks at what an access has thrown: in a damaged database nothing can be put right but by a new start. */
    watchDamage: (error: unknown) => {
      if (!isDamage(error)) return;
      const text = `The database ${file} is damaged: the next start puts the newest backup in its place.`;
      onDamaged(new CoordError("database_damaged", text, { cause: error }));
    },
    sessions: watch("sessions", createSessionStore(db, Date.now)),
    deliveries: watch("deliveries", createDeliveryStore(db, Date.now)),
    cursors: watch("cursors", createCursorStore(db)),
    material: watch("material", createMaterialStore(db)),
    outgoing: watch("outgoing", createOutgoingStore(db, Date.now)),
    grants: watch("grants", createGrantStore(db, Date.now)),
    prompts: watch("prompts", createPromptStore(db, Date.now)),
    additions: watch("additions", createAdditionJournal(db)),
    worktrees: watch("worktrees", createWorktreeStore(db)),
    facts: createConversationFacts(db),
    history: createHistory(db),
    retention: watch("retention", createRetention(db)),
    usage: createUsageStore(db),
    budgetReleases: watch("budgetReleases", createBudgetReleases(db)),
    heartbeat: watch("heartbeat", createHeartbeatStore(db)),
    alerts: watch("alerts", createAlertStore(db, Date.now)),
    runs: watch("runs", createRunStore(db, Date.now)),
    overview: createOverview(db),
    copyTo: (copy: string) => copyOpenDatabase(db, copy),
    close: () => void db.close(),
  };
}
