import { expect, test } from "vitest";
import { ask, isFinished, written } from "../support/answers.ts";
import { oneChannel } from "../support/one-channel.ts";

async function setUp(config: Record<string, unknown> = {}) {
  const { discord, model, channel, ann, fixture } = await oneChannel(config);
  const contents = () => written(discord, channel).map((message) => message.content);
  const finished = (count: number) =>
    discord.until(() => written(discord, channel).filter(isFinished).length === count, { timeoutMs: 60_000 });
  return { discord, model, channel, ann, fixture, contents, finished };
}

test("messages sent while the bot was away are answered in order when it is back", async () => {
  const { discord, channel, ann, fixture, contents, finished } = await setUp();
  const daemon = await fixture.start();
  await ask(ann, channel, "My number 0 is 10.");
  await daemon.stop();
  for (const number of [1, 2])
    await ann.says(channel, `My number ${number} is ${number}1.`, { mention: true });
  await ann.says(channel, "this one is for nobody");
  await fixture.start();
  await ann.says(channel, "My number 3 is 31.", { mention: true });
  await finished(4);
  expect(contents().map((content) => content.match(/number (\d)/)?.[1])).toEqual(["0", "1", "2", "3"]);
  expect(discord.rateLimited).toEqual([]);
});

test("messages sent while the gateway session was lost are answered too", async () => {
  const { discord, channel, ann, fixture, finished } = await setUp();
  await fixture.start();
  await ask(ann, channel, "My number 0 is 10.");
  await discord.faults.goAway();
  await ann.says(channel, "My number 1 is 11.", { mention: true });
  discord.faults.forgetSessions();
  await discord.faults.comeBack();
  await finished(2);
});

test("what was said before the bot knew the channel is left alone", async () => {
  const { discord, channel, ann, fixture, contents, finished } = await setUp();
  await ann.says(channel, "My number 0 is 10.", { mention: true });
  await fixture.start();
  await discord.botIsOnline();
  await ann.says(channel, "My number 1 is 11.", { mention: true });
  await finished(1);
  expect(contents().join()).not.toContain("number 0");
});

test("a message that came too long ago is told, and not run", async () => {
  const { discord, channel, ann, fixture, contents } = await setUp({ catch_up: { max_age: "1s" } });
  const daemon = await fixture.start();
  await ask(ann, channel, "My number 0 is 10.");
  await daemon.stop();
  await ann.says(channel, "My number 1 is 11.", { mention: true });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await fixture.start();
  await discord.until(() => contents().length === 2, { timeoutMs: 30_000 });
  expect(contents()[1]).toContain("came while the bot was away");
});
