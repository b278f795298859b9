import { expect, test } from "vitest";
import { type CoordEvent, createEvents } from "../../../src/core/operations/events.ts";

const LOST: CoordEvent = { type: "gateway", state: "lost" };

test("an event reaches every listener in the order of listening, until it stops listening", () => {
  const heard: string[] = [];
  const events = createEvents(() => {});
  const stop = events.listen(({ type }) => heard.push(`first ${type}`));
  events.listen(({ type }) => heard.push(`second ${type}`));

  events.emit(LOST);
  stop();
  events.emit(LOST);

  expect(heard).toEqual(["first gateway", "second gateway", "second gateway"]);
});

test("a listener that fails is told, and keeps the event from no other", () => {
  const bugs: unknown[] = [];
  const heard: string[] = [];
  const events = createEvents((error) => bugs.push(error));
  const bug = new Error("a bug");
  events.listen(() => {
    throw bug;
  });
  events.listen(({ type }) => heard.push(type));

  events.emit(LOST);

  expect({ bugs, heard }).toEqual({ bugs: [bug], heard: ["gateway"] });
});
