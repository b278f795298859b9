import { expect, test } from "vitest";
import { whileWanted } from "../../../src/core/operations/while-wanted.ts";

test.each(Array.from({ length: 12 }, (_, index) => index))(
  "what is wanted %i moments after the work has begun is done",
  async (moments) => {
    let newest = 0;
    let done = 0;
    const work = whileWanted(
      async () => {
        done = newest;
        await Promise.resolve();
      },
      () => {},
    );
    newest = 1;
    work.want();
    for (let moment = 0; moment < moments; moment++) await Promise.resolve();
    newest = 2;
    work.want();
    await work.idle();
    expect(done).toBe(2);
  },
);

test("work that fails is told, and done again when it is wanted again", async () => {
  const told: unknown[] = [];
  let fails = true;
  const work = whileWanted(
    async () => {
      if (fails) throw new Error("the disk is full");
    },
    (error) => told.push(error),
  );
  work.want();
  await work.idle();
  expect(told).toEqual([new Error("the disk is full")]);
  fails = false;
  work.want();
  await work.idle();
  expect(told).toHaveLength(1);
});
