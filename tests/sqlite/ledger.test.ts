import { describe, expect, test } from "vitest";
import type { NewTurn } from "../../src/core/turns/ledger.ts";
import type { TurnEnd } from "../../src/core/turns/turn.ts";
import { createCursorStore } from "../../src/sqlite/cursors.ts";
import { createDeliveryStore } from "../../src/sqlite/deliveries.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { createMaterialStore } from "../../src/sqlite/material.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { testDatabase } from "../support/database.ts";

const newTurn = (id: string, change: Partial<NewTurn> = {}): NewTurn => ({
  id,
  conversationId: "10",
  guildId: "100",
  projectName: "web",
  messageId: `message-${id}`,
  authorId: "1",
  authorName: "ann",
  prompt: `ask ${id}`,
  ...change,
});

const answered: TurnEnd = {
  outcome: "answered",
  answer: "done",
  failureCode: undefined,
  errorId: undefined,
  resetsAtMs: undefined,
  notes: [{ type: "tools_denied", tools: ["Bash"] }],
  stats: {
    costUsd: 0.5,
    durationMs: 12.4,
    numTurns: 2,
    inputTokens: 3,
    outputTokens: 4,
    contextTokens: 5,
    contextWindow: 200_000,
  },
};

function setUp() {
  const db = testDatabase();
  const clock = { nowMs: 1_000 };
  const now = () => clock.nowMs;
  const ledger = createLedger(db, now);
  return {
    db,
    ledger,
    clock,
    sessions: createSessionStore(db, now),
    deliveries: createDeliveryStore(db, now),
    cursors: createCursorStore(db),
  };
}

test("a message is accepted once, however often it comes", () => {
  const { ledger } = setUp();
  expect(ledger.accept(newTurn("a"))).toMatchObject({ id: "a", state: "accepted", acceptedAtMs: 1_000 });
  expect(ledger.accept(newTurn("b", { messageId: "message-a" }))).toBeUndefined();
  expect(ledger.open("10").map((turn) => turn.id)).toEqual(["a"]);
});

test("what an agent says unasked has no message, and there can be many of those", () => {
  const { ledger } = setUp();
  ledger.accept(newTurn("a", { messageId: undefined }));
  ledger.accept(newTurn("b", { messageId: undefined }));
  expect(ledger.open("10")).toHaveLength(2);
});

test("turns of a conversation run in the order of acceptance, also within one millisecond", () => {
  const { ledger } = setUp();
  for (const id of ["c", "a", "b"]) ledger.accept(newTurn(id));
  ledger.accept(newTurn("x", { conversationId: "11" }));
  const order: (string | undefined)[] = [];
  for (let turn = ledger.nextOpen("10"); turn; turn = ledger.nextOpen("10")) {
    order.push(turn.id);
    ledger.move(turn.id, "start");
    ledger.end(turn.id, answered);
  }
  expect(order).toEqual(["c", "a", "b"]);
});

test("an end is kept until it is delivered, and can be read back whole", () => {
  const { ledger } = setUp();
  ledger.accept(newTurn("a"));
  ledger.move("a", "start");
  expect(ledger.end("a", answered)).toBe(true);
  expect(ledger.nextOpen("10")).toBeUndefined();
  const end = { ...answered, stats: { ...answered.stats, durationMs: 12 } };
  expect(ledger.undelivered("10")).toMatchObject([{ id: "a", state: "delivering", attempts: 1, end }]);
  expect(ledger.move("a", "deliver")).toBe(true);
  expect(ledger.turn("a")?.state).toBe("answered");
  expect(ledger.undelivered("10")).toEqual([]);
});

test("an event that means nothing in a turn's state changes nothing", () => {
  const { ledger } = setUp();
  ledger.accept(newTurn("a"));
  expect(ledger.move("a", "deliver")).toBe(false);
  ledger.end("a", answered);
  expect(ledger.end("a", { ...answered, answer: "again" })).toBe(false);
  expect(ledger.move("a", "start")).toBe(false);
  expect(ledger.turn("a")).toMatchObject({ state: "delivering", end: { answer: "done" } });
  expect(ledger.move("unknown", "start")).toBe(false);
});

test("after a crash the unfinished conversations are known, those of finished turns are not", () => {
  const { ledger } = setUp();
  ledger.accept(newTurn("a"));
  ledger.accept(newTurn("b", { conversationId: "11" }));
  ledger.accept(newTurn("c", { conversationId: "12" }));
  ledger.move("b", "start");
  ledger.move("c", "start");
  ledger.end("c", answered);
  ledger.move("c", "deliver");
  expect(ledger.unfinishedConversations().map((one) => one.conversationId)).toEqual(["10", "11"]);
});

test("a turn's end counts its message in the session", () => {
  const { ledger, sessions, clock } = setUp();
  const session = sessions.currentOrNew("10", "web", "s1");
  expect(sessions.currentOrNew("10", "web", "s2").sessionId).toBe("s1");
  ledger.accept(newTurn("a"));
  clock.nowMs = 5_000;
  ledger.end("a", answered, { sessionId: session.sessionId, costUsd: 0.5 });
  expect(sessions.current("10")).toMatchObject({
    messageCount: 1,
    lastActiveMs: 5_000,
    costUsd: 0.5,
    started: true,
  });
});

test("a turn that ends after a reset counts in the session that it ran in, which stays past", () => {
  const { ledger, sessions, db } = setUp();
  const old = sessions.currentOrNew("10", "web", "s1");
  ledger.accept(newTurn("a"));
  ledger.move("a", "start", { generation: old.generation });
  expect(sessions.reset("10", "reset")?.sessionId).toBe("s1");
  ledger.end("a", answered, { sessionId: "s1", costUsd: 1 });
  expect(sessions.current("10")).toBeUndefined();
  expect(db.prepare("SELECT session_id, message_count, cost_usd FROM past_sessions").all()).toEqual([
    { session_id: "s1", message_count: 1, cost_usd: 1 },
  ]);
  expect(sessions.currentOrNew("10", "web", "s2")).toMatchObject({ messageCount: 0, generation: 1 });
});

test("a turn does not start in a session that was reset since it was looked up", () => {
  const { ledger, sessions } = setUp();
  const old = sessions.currentOrNew("10", "web", "s1");
  ledger.accept(newTurn("a"));
  sessions.reset("10", "reset");
  expect(ledger.move("a", "start", { generation: old.generation })).toBe(false);
  expect(ledger.turn("a")).toMatchObject({ state: "accepted", attempts: 0 });
  const fresh = sessions.currentOrNew("10", "web", "s2");
  expect(ledger.move("a", "start", { generation: fresh.generation })).toBe(true);
  ledger.end("a", answered, { sessionId: "s2", costUsd: 1 });
  expect(sessions.current("10")).toMatchObject({ sessionId: "s2", messageCount: 1, costUsd: 1 });
});

test("a session's cost never goes down, whatever is told late", () => {
  const { ledger, sessions } = setUp();
  sessions.currentOrNew("10", "web", "s1");
  for (const [id, costUsd] of [
    ["a", 5],
    ["b", 1],
  ] as const) {
    ledger.accept(newTurn(id));
    ledger.end(id, answered, { sessionId: "s1", costUsd });
  }
  expect(sessions.current("10")).toMatchObject({ messageCount: 2, costUsd: 5 });
});

describe("after a crash", () => {
  const decide = (fate: "continue" | "ask") => () => ({ fate });

  test("what ran waits again, and the crash is counted", () => {
    const { ledger } = setUp();
    ledger.accept(newTurn("a"));
    ledger.move("a", "start");
    ledger.recover(decide("continue"));
    expect(ledger.turn("a")).toMatchObject({ state: "queued", crashes: 1, awaits: undefined });
    ledger.recover(decide("continue"));
    expect(ledger.turn("a")?.crashes).toBe(1);
  });

  test("all is decided in one transaction: one that fails has changed nothing", () => {
    const { ledger } = setUp();
    for (const id of ["a", "b"]) {
      ledger.accept(newTurn(id));
      ledger.move(id, "start");
    }
    const failing = ({ id }: { id: string }) => {
      if (id === "b") throw new Error("the disk is full");
      return { fate: "ask" as const };
    };
    expect(() => ledger.recover(failing)).toThrow("the disk is full");
    expect(ledger.turn("a")).toMatchObject({ state: "running", crashes: 0, awaits: undefined });
  });

  test("a turn that was given up has ended", () => {
    const { ledger } = setUp();
    ledger.accept(newTurn("a"));
    ledger.move("a", "start");
    const end = { ...answered, outcome: "failed", failureCode: "daemon_crashed" } as const;
    ledger.recover(() => ({ fate: "give_up", end }));
    expect(ledger.turn("a")).toMatchObject({ state: "delivering", end: { failureCode: "daemon_crashed" } });
  });

  test("one that was let go while a tool was at work is decided on too, until a person has let it go on", () => {
    const { ledger } = setUp();
    ledger.accept(newTurn("a"));
    ledger.move("a", "start");
    ledger.noteTool("a", "Bash npm publish");
    ledger.move("a", "wait");
    ledger.recover(decide("ask"));
    expect(ledger.turn("a")).toMatchObject({ crashes: 0, awaits: "restart", openTool: "Bash npm publish" });
    ledger.await("a", undefined);
    expect(ledger.turn("a")).toMatchObject({ awaits: undefined, openTool: undefined });
    ledger.recover(() => {
      throw new Error("nothing is left to decide");
    });
  });
});

test("a session that can't be resumed gives way to a fresh one, unless another stands there already", () => {
  const { sessions } = setUp();
  const old = sessions.currentOrNew("10", "web", "s1");
  expect(sessions.replace(old, "s2", "session_unknown")).toMatchObject({ sessionId: "s2", started: false });
  expect(sessions.replace(old, "s3", "session_unknown").sessionId).toBe("s2");
});

test("deliveries remember what was planned and what was sent", () => {
  const { ledger, deliveries } = setUp();
  ledger.accept(newTurn("a"));
  deliveries.plan("a", 0, "n0");
  deliveries.plan("a", 1, "n1");
  deliveries.sent("a", 0, "555");
  expect(deliveries.ofTurn("a")).toMatchObject([
    { position: 0, nonce: "n0", messageId: "555" },
    { position: 1, nonce: "n1", messageId: undefined },
  ]);
  deliveries.forget("a", 0);
  expect(deliveries.ofTurn("a")).toHaveLength(1);
});

test("a cursor never moves back, and compares snowflakes as numbers", () => {
  const { cursors } = setUp();
  cursors.advance("10", "999");
  cursors.advance("10", "1000");
  cursors.advance("10", "998");
  expect(cursors.cursor("10")).toBe("1000");
  expect(cursors.cursor("11")).toBeUndefined();
});

test("a turn that waits takes the new form of its message, with what came with it; one that ran does not", () => {
  const { ledger, db } = setUp();
  const material = createMaterialStore(db);
  const file = { id: "7", name: "log.txt", url: "http://x/", sizeBytes: 1, contentType: undefined };
  ledger.accept(newTurn("a", { material: { files: [file], repliedTo: undefined, forwarded: [] } }));
  material.setParts("a", [{ type: "text", text: "ask a" }]);
  const other = { files: [{ ...file, id: "8" }], repliedTo: undefined, forwarded: [] };
  expect(ledger.revise("a", { prompt: "new", material: other, editedAtMs: 5 })).toBe(true);
  expect(ledger.ofMessage("message-a")).toMatchObject({ prompt: "new", editedAtMs: 5 });
  expect(material.of("a")).toEqual({ material: other, parts: undefined });

  ledger.move("a", "start");
  ledger.move("a", "wait");
  expect(ledger.revise("a", { prompt: "late", material: other, editedAtMs: 6 })).toBe(false);
  expect(ledger.turn("a")?.prompt).toBe("new");
});

test("an edited message becomes a further turn once for each edit", () => {
  const { ledger, db } = setUp();
  ledger.accept(newTurn("a"));
  ledger.end("a", answered);
  ledger.move("a", "deliver");
  const edit = (id: string, editedAtMs: number) =>
    ledger.accept(newTurn(id, { messageId: "message-a", editedAtMs }))?.id;
  expect([edit("b", 5), edit("c", 5), edit("d", 6)]).toEqual(["b", undefined, "d"]);
  expect(ledger.ofMessage("message-a")).toMatchObject({ id: "d", messageId: "message-a", editedAtMs: 6 });
  expect(createMaterialStore(db).messagesInUse()).toEqual(new Set(["message-a"]));
});

test("a turn that is withdrawn ends as cancelled, and waits for nobody any more", () => {
  const { ledger } = setUp();
  ledger.accept(newTurn("a"));
  ledger.await("a", "restart");
  expect(ledger.move("a", "withdraw")).toBe(true);
  expect(ledger.turn("a")).toMatchObject({
    state: "cancelled",
    awaits: undefined,
    end: { outcome: "cancelled" },
  });
  expect(ledger.unfinishedConversations()).toEqual([]);
});
