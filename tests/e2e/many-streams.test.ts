import { expect, test } from "vitest";
import { say } from "../../src/loopback/model/reply.ts";
import { isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { joinedAnswer } from "../support/joined-answer.ts";
import { realWorld } from "../support/real-world.ts";

/** How long each answer takes; STREAM_SECONDS=60 is the thorough run. */
const SECONDS = Number(process.env.STREAM_SECONDS ?? 8);
const CHUNK = 40;

test("ten channels that stream long answers at once break no rate limit, and each answer is whole", async () => {
  const { discord, model } = await realWorld({
    discord: { rateLimits: true },
    // In many small steps, as a real model speaks.
    script: ({ lastUserText }) => {
      const answer = longAnswer(lastUserText);
      return say(answer, { chunkSize: CHUNK, delayMs: (SECONDS * 1000) / (answer.length / CHUNK) });
    },
  });
  const channels = Array.from({ length: 10 }, (_, index) => discord.addChannel(`project-${index}`));
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: channels.map(({ id, name }) => ({ name, channel_id: id })),
    config: {
      claude: {
        max_agents: 10,
        env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "made-up-key" },
      },
    },
  });
  const daemon = await fixture.start();
  await Promise.all(channels.map((channel) => ann.says(channel, channel.name, { mention: true })));
  for (const channel of channels) {
    await discord.until(() => written(discord, channel).some(isFinished), { timeoutMs: 100_000 });
    const contents = written(discord, channel).map(({ content }) => content);
    expect(contents.length).toBeGreaterThan(1);
    expect(joinedAnswer(contents)).toBe(longAnswer(channel.name));
  }
  // They were streamed: edited while they were written, not only sent at their end.
  const edits = discord.requests.filter(({ method }) => method === "PATCH");
  expect(edits.length).toBeGreaterThan(channels.length);
  expect(discord.rateLimited).toEqual([]);
  expect(discord.requests.filter(({ status }) => status === 429)).toEqual([]);
  expect(await daemon.stop()).toBe(0);
});

/** Some 5000 characters of prose, a list and code, with the channel's name in all of it. */
function longAnswer(name: string): string {
  const paragraphs = Array.from(
    { length: 9 },
    (_, index) =>
      `Paragraph ${index + 1} of ${name}. ${"It says one thing after the other, and all of it matters. ".repeat(4).trim()}`,
  );
  const items = Array.from({ length: 12 }, (_, index) => `- item ${index + 1} of ${name}`);
  const code = Array.from(
    { length: 40 },
    (_, index) => `const value${index} = compute("${name}", ${index}); // step ${index}`,
  );
  return [
    ...paragraphs,
    items.join("\n"),
    `\`\`\`ts\n${code.join("\n")}\n\`\`\``,
    `The end of ${name}.`,
  ].join("\n\n");
}
