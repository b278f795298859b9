import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStores } from "../../src/daemon/stores.ts";
import { WRITES } from "../chaos/crash-point.ts";
import { tempDir } from "../support/temp-dir.ts";

/** Methods that only look. Whatever else a store has, it writes, and the daemon may die before and after it. */
const READS = [
  "ledger.nextOpen",
  "ledger.open",
  "ledger.unfinishedConversations",
  "ledger.undelivered",
  "ledger.turn",
  "ledger.wasAskedIn",
  "ledger.ofMessage",
  "sessions.current",
  "sessions.list",
  "sessions.version",
  "deliveries.ofTurn",
  "deliveries.has",
  "cursors.cursor",
  "cursors.beginning",
  "cursors.threadsSeenAtMs",
  "prompts.find",
  "prompts.has",
  "prompts.open",
  "grants.of",
  "material.of",
  "material.messagesInUse",
  "outgoing.waiting",
  "outgoing.ofTurn",
  "outgoing.unsentPaths",
  "additions.open",
  "budgetReleases.isReleased",
  "worktrees.of",
  "worktrees.all",
  "alerts.standing",
  "alerts.untold",
];

test("every write of a store is a crash point of the chaos tests", () => {
  const methods: string[] = [];
  const stores = openStores({
    file: join(tempDir(), "sessions.db"),
    dropsText: () => false,
    watch: (name, store) => {
      methods.push(...Object.keys(store).map((method) => `${name}.${method}`));
      return store;
    },
    onTurn: () => {},
    onDamaged: () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  onTestFinished(stores.close);
  expect(methods.filter((method) => !READS.includes(method)).sort()).toEqual([...WRITES].sort());
});
