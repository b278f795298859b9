import { expect, test } from "vitest";
import { createConversationFacts } from "../../src/sqlite/conversation-facts.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { testDatabase } from "../support/database.ts";

function setUp() {
  const db = testDatabase();
  const clock = { nowMs: 1_000 };
  const sessions = createSessionStore(db, () => clock.nowMs);
  const past = () =>
    createConversationFacts(db)
      .pastSessions("10")
      .map(({ sessionId }) => sessionId);
  return { db, clock, sessions, past };
}

test("a past session takes the place of the current one, which becomes a past one; the generation counts up", () => {
  const { sessions, past } = setUp();
  sessions.currentOrNew("10", "web", "a");
  sessions.markStarted("10", "a");
  sessions.rename("a", "Login");
  const first = sessions.current("10");
  sessions.reset("10", "reset");
  sessions.currentOrNew("10", "web", "b");

  expect(sessions.resume("10", "a", "resumed")).toEqual({ ...first, generation: 2 });
  expect(past()).toEqual(["b"]);
  expect(sessions.resume("10", "b", "resumed")).toMatchObject({
    sessionId: "b",
    started: false,
    generation: 3,
  });
  expect(past()).toEqual(["a"]);
});

test("where there is no current session a past one comes back all the same", () => {
  const { sessions, past } = setUp();
  sessions.currentOrNew("10", "web", "a");
  sessions.reset("10", "reset");
  expect(sessions.resume("10", "a", "resumed")).toMatchObject({ sessionId: "a", generation: 2 });
  expect(past()).toEqual([]);
});

test("neither the current session nor one of another conversation is resumed, and nothing changes", () => {
  const { sessions, past } = setUp();
  sessions.currentOrNew("20", "web", "other");
  sessions.reset("20", "reset");
  const current = sessions.currentOrNew("10", "web", "a");
  for (const sessionId of ["other", "a", "unknown"])
    expect(sessions.resume("10", sessionId, "resumed")).toBeUndefined();
  expect(sessions.current("10")).toEqual(current);
  expect(past()).toEqual([]);
});

test("a fork begins with what its origin has cost, and comes back as a fork if it never ran", () => {
  const { sessions } = setUp();
  const fork = { sessionId: "f", forkOf: "a", costUsd: 1.5, projectName: "web", title: "Second try" };
  const made = sessions.fork("20", fork);
  expect(made).toMatchObject({ ...fork, started: false, messageCount: 0, conversationId: "20" });
  sessions.reset("20", "reset");
  expect(sessions.resume("20", "f", "resumed")).toEqual({ ...made, generation: 2 });
});

test("a name is given to current and past sessions, and taken away", () => {
  const { db, sessions } = setUp();
  sessions.currentOrNew("10", "web", "a");
  expect(sessions.rename("a", "Login")).toBe(true);
  expect(sessions.current("10")?.title).toBe("Login");
  sessions.reset("10", "reset");
  expect(createConversationFacts(db).pastSessions("10")).toMatchObject([{ title: "Login" }]);
  expect(sessions.rename("a", undefined)).toBe(true);
  expect(createConversationFacts(db).pastSessions("10")).toMatchObject([{ title: undefined }]);
  expect(sessions.rename("unknown", "x")).toBe(false);
});
