import { expect, test } from "vitest";
import { untilWritten } from "../../../src/core/turns/until-written.ts";

const full = new Error("database or disk is full");
const never = new AbortController().signal;

test("a write is repeated until the store takes it", async () => {
  let failures = 2;
  const troubles: unknown[] = [];
  const write = () => {
    failures -= 1;
    if (failures >= 0) throw full;
    return "written";
  };
  const onTrouble = (error: unknown) => troubles.push(error) > 0;
  expect(await untilWritten(write, { signal: never, onTrouble })).toBe("written");
  expect(troubles).toEqual([full, full]);
});

test("what waiting can't cure is thrown at once", async () => {
  const write = () => {
    throw full;
  };
  await expect(untilWritten(write, { signal: never, onTrouble: () => false })).rejects.toBe(full);
});

test("a daemon that stops waits for no write", async () => {
  const stopping = new AbortController();
  const write = () => {
    throw full;
  };
  const waiting = untilWritten(write, { signal: stopping.signal, onTrouble: () => true });
  stopping.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
});
