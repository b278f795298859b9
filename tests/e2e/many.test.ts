import { expect, test } from "vitest";
import { isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { oneChannel } from "../support/one-channel.ts";
import { realWorld } from "../support/real-world.ts";

test("20 channels at once each get their own answer, and none another's", async () => {
  const { discord, model } = await realWorld();
  const channels = Array.from({ length: 20 }, (_, index) => discord.addChannel(`project-${index}`));
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: channels.map(({ id, name }) => ({ name, channel_id: id })),
    config: { claude: { max_agents: 6, env: modelEnv(model.url) } },
  });
  const daemon = await fixture.start();
  await Promise.all(
    channels.map((channel) => ann.says(channel, `My channel is ${channel.name}.`, { mention: true })),
  );
  for (const channel of channels) {
    await discord.until(() => written(discord, channel).some(isFinished), { timeoutMs: 90_000 });
    expect(
      written(discord, channel)
        .map((message) => message.content)
        .join("\n"),
    ).toContain(`I will remember that your channel is ${channel.name}.`);
  }
  for (const request of model.requests) expect(request.history).toHaveLength(1);
  expect(fixture.agentPids().length).toBeGreaterThan(0);
  expect(await daemon.stop()).toBe(0);
  expect(fixture.agentPids()).toEqual([]);
});

test("ten quick messages in one channel are answered in order, each once", async () => {
  const { discord, model, channel, ann, fixture } = await oneChannel();
  await fixture.start();
  const asked = [];
  for (let index = 0; index < 10; index += 1) {
    asked.push(await ann.says(channel, `My number ${index} is ${index * 11}.`, { mention: true }));
  }
  const replies = () => written(discord, channel);
  await discord.until(() => replies().filter(isFinished).length === 10, { timeoutMs: 60_000 });
  expect(replies().map((message) => message.message_reference?.message_id)).toEqual(
    asked.map(({ id }) => id),
  );
  expect(replies().map((message) => message.content.match(/number (\d)/)?.[1])).toEqual([..."0123456789"]);
  // One at a time: the CLI would merge messages that it is given while it works.
  expect(model.requests.at(-1)?.history).toHaveLength(10);
});

function modelEnv(url: string) {
  return { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "made-up-key" };
}
