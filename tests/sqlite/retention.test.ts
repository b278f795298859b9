import { expect, test } from "vitest";
import { NO_MATERIAL } from "../../src/core/messages/material.ts";
import { EMPTY_END, type TurnOutcome } from "../../src/core/turns/turn.ts";
import { createDeliveryStore } from "../../src/sqlite/deliveries.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { createRetention } from "../../src/sqlite/retention.ts";
import { testDatabase } from "../support/database.ts";

function setUp({ dropsText = false } = {}) {
  const db = testDatabase();
  const clock = { nowMs: 1_000 };
  const now = () => clock.nowMs;
  const ledger = createLedger(db, now, () => dropsText);
  const accept = (id: string) =>
    ledger.accept({
      id,
      conversationId: "10",
      guildId: "100",
      projectName: "web",
      messageId: `message-${id}`,
      authorId: "1",
      authorName: "ann",
      prompt: `ask ${id}`,
      material: { ...NO_MATERIAL, repliedTo: { channelId: "10", messageId: "1" } },
    });
  const ended = (id: string, outcome: TurnOutcome = "answered") => {
    accept(id);
    ledger.end(id, { ...EMPTY_END, outcome, answer: `re ${id}` });
    ledger.move(id, "deliver");
  };
  const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  const deliveries = createDeliveryStore(db, now);
  return { db, clock, ledger, accept, ended, count, deliveries, retention: createRetention(db) };
}

test("turns that ended before a time go, with all that hangs on them, and open ones stay however old", () => {
  const { clock, ledger, accept, ended, count, deliveries, retention } = setUp();
  accept("open");
  for (const id of ["a", "b", "c"]) ended(id);
  deliveries.plan("a", 0, "nonce");
  clock.nowMs = 5_000;
  ended("young");
  expect([retention.prune(2_000, 2), retention.prune(2_000, 2)]).toEqual([2, 1]);
  expect(ledger.turn("open")?.state).toBe("accepted");
  expect(ledger.turn("young")?.state).toBe("answered");
  expect([count("turns"), count("deliveries"), count("turn_material")]).toEqual([2, 0, 2]);
});

test("where text is dropped, question and answer go when the answer is delivered, and not before", () => {
  const { ledger, accept, count } = setUp({ dropsText: true });
  accept("a");
  ledger.end("a", { ...EMPTY_END, outcome: "answered", answer: "re a" });
  expect(ledger.turn("a")).toMatchObject({ prompt: "ask a", end: { answer: "re a" } });
  ledger.move("a", "deliver");
  expect(ledger.turn("a")).toMatchObject({ prompt: "", state: "answered", end: { answer: "" } });
  expect(count("turn_material")).toBe(0);
});

test("an expired turn keeps its question, with which it can still be run", () => {
  const { ledger, ended, retention } = setUp({ dropsText: true });
  ended("a", "expired");
  retention.dropText(10);
  expect(ledger.revive("a")).toBe(true);
  expect(ledger.nextOpen("10")?.prompt).toBe("ask a");
});

test("text of turns that ended before it was to be dropped goes too", () => {
  const { ledger, ended, accept, retention } = setUp();
  for (const id of ["a", "b", "c"]) ended(id);
  accept("open");
  expect([retention.dropText(2), retention.dropText(2), retention.dropText(2)]).toEqual([2, 1, 0]);
  expect(ledger.turn("b")?.prompt).toBe("");
  expect(ledger.turn("open")?.prompt).toBe("ask open");
});
