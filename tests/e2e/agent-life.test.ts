import { expect, test } from "vitest";
import { usageLimit } from "../../src/loopback/model/failure-replies.ts";
import type { Script } from "../../src/loopback/model/scripted-model.ts";
import { isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

async function setUp(
  options: { env?: Record<string, string>; project?: Record<string, unknown>; script?: Script } = {},
) {
  const { discord, model } = await realWorld(options.script ? { script: options.script } : {});
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, ...options.project }],
    config: {
      access: { users: [ann.id] },
      claude: {
        env: { ANTHROPIC_BASE_URL: model.url, ...(options.env ?? { ANTHROPIC_API_KEY: "made-up-key" }) },
      },
    },
  });
  const contents = () => written(discord, channel).map((message) => message.content);
  const until = (condition: () => boolean) => discord.until(condition, { timeoutMs: 90_000 });
  return { discord, model, channel, ann, fixture, contents, until };
}

test("an agent is started while somebody who may talk still types", async () => {
  const { discord, channel, ann, fixture, until } = await setUp();
  await fixture.start();
  await ann.types(channel);
  await expect.poll(() => fixture.agentPids().length, { timeout: 20_000 }).toBeGreaterThan(0);
  const warm = fixture.agentPids();
  await ann.says(channel, "My number is 11.", { mention: true });
  await until(() => written(discord, channel).some(isFinished));
  expect(fixture.agentPids()).toEqual(expect.arrayContaining(warm.slice(0, 1)));
});

test("somebody who may not talk warms nothing", async () => {
  const { discord, channel, fixture } = await setUp();
  const bob = discord.addMember("bob");
  await fixture.start();
  await bob.types(channel);
  await bob.says(channel, "hello", { mention: true });
  // The refusal of the message, which came after the typing, shows that both were heard.
  await discord.until(() => fixture.log().some(({ message }) => message === "refused a message"), {
    timeoutMs: 20_000,
  });
  expect(fixture.agentPids()).toEqual([]);
});

test("a usage limit holds the turn, says until when, and the turn goes on by itself", async () => {
  let isLimited = true;
  const { discord, channel, ann, fixture, contents, until } = await setUp({
    // Only a subscription's login has such limits.
    env: { CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-made-up" },
    script: () =>
      isLimited ? usageLimit({ resetsAtMs: Date.now() + 2_000, window: "five_hour" }) : "Here it is.",
  });
  await fixture.start();
  await ann.says(channel, "Please look", { mention: true });
  await until(() => contents().join().includes("usage limit is reached. Your message waits"));
  isLimited = false;
  expect(contents()[0]).toMatch(/<t:\d+:t> \(<t:\d+:R>\)/);
  await until(() => written(discord, channel).some(isFinished));
  expect(contents()).toHaveLength(2);
  expect(contents()[1]).toContain("Here it is.");
}, 150_000);

test("what Claude says after its answer, when a background task has ended, comes as a message of its own", async () => {
  const { discord, channel, ann, fixture, contents, until } = await setUp({
    project: { allowed_tools: ["Bash"] },
  });
  await fixture.start();
  const command = "read -t 3 < /dev/zero || true; echo built";
  const input = { command, run_in_background: true, description: "Build" };
  const script = JSON.stringify([{ tool: "Bash", input }, "The build has started."]);
  const message = await ann.says(channel, `Build it <<fake: ${script}>>`, { mention: true });
  await until(() => written(discord, channel).filter(isFinished).length === 2);
  const [answer, late] = written(discord, channel);
  expect(answer?.content).toContain("The build has started.");
  expect(answer?.message_reference?.message_id).toBe(message.id);
  expect(late?.message_reference).toBeUndefined();
  expect(contents()).toHaveLength(2);
});
