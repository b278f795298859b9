import { expect, test } from "vitest";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { ask } from "../support/answers.ts";
import { testDatabase } from "../support/database.ts";
import { oneChannel } from "../support/one-channel.ts";

test("a mention becomes an answer; the next remembers it, also after kill -9 of the daemon", async () => {
  const { model, channel, ann, fixture } = await oneChannel();
  const answerTo = (text: string) => ask(ann, channel, text);

  const daemon = await fixture.start();
  const [first] = await answerTo("My favourite colour is teal.");
  expect(first?.content).toContain("I will remember that your favourite colour is teal");
  expect(first?.message_reference?.message_id).toBeDefined();

  const [second] = await answerTo("What is my favourite colour?");
  expect(second?.content).toContain("teal");
  expect(model.requests.at(-1)?.history).toEqual([
    "My favourite colour is teal.",
    "What is my favourite colour?",
  ]);
  const db = testDatabase(fixture.databaseFile);
  const sessionId = createSessionStore(db, Date.now).current(channel.id)?.sessionId;

  daemon.signal("SIGKILL");
  await daemon.ended;
  await fixture.start();
  const [third] = await answerTo("And what is my favourite colour?");
  expect(third?.content).toContain("teal");
  expect(model.requests.at(-1)?.history).toHaveLength(3);
  expect(createSessionStore(db, Date.now).current(channel.id)).toMatchObject({ sessionId, messageCount: 3 });
});
