import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { bash, play } from "../support/fake-steps.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 40_000 };
/** Less than one round with the scripted model costs, by Claude Code's list prices. */
const LITTLE_USD = 0.0001;

/** Ann may talk, root is an administrator, mallory may nothing. */
async function scene(budget: object) {
  const { discord, model } = await realWorld();
  const [channel, alerts] = [discord.addChannel("web"), discord.addChannel("alerts")];
  const [ann, mallory] = [discord.addMember("ann"), discord.addMember("mallory")];
  const root = discord.addMember("root", { permissions: PermissionFlagsBits.Administrator });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Bash"], budget }],
    config: { access: { users: [ann.id] }, alerts: { channel_id: alerts.id } },
  });
  const contents = (of = channel) => written(discord, of).map(({ content }) => content);
  return {
    discord,
    channel,
    alerts,
    ann,
    mallory,
    root,
    fixture,
    contents,
    said: (text: string, of = channel) =>
      expect.poll(() => contents(of).join("\n"), PATIENCE).toContain(text),
    answers: (count: number) =>
      expect.poll(() => written(discord, channel).filter(isFinished).length, PATIENCE).toBe(count),
    ask: (text: string) => ann.says(channel, text, { mention: true }),
  };
}

test("a turn that has cost its budget is stopped, says so, and goes on when it is told to", async () => {
  const { ask, said, answers, contents, fixture } = await scene({ per_turn_usd: LITTLE_USD });
  await fixture.start();
  await ask(play(bash("echo one; sleep 1"), bash("echo two > two.txt"), "done with both"));
  await said("cost as much as one message may here");
  expect(contents().join("\n")).toMatch(/Error id: \S+/);
  expect(contents().join("\n")).not.toContain("done with both");
  // One round costs as much, but what has ended can't be stopped.
  await ask(`go on ${play("here is the rest")}`);
  await said("here is the rest");
  await answers(2);
});

test("when the day's budget is used up turns wait, over a restart too, until an administrator lets them run", async () => {
  const world = await scene({ per_day_usd: LITTLE_USD });
  const { discord, channel, alerts, ann, mallory, root, fixture, contents, said, answers, ask } = world;
  const daemon = await fixture.start();
  await ask(play("the first answer"));
  await answers(1);
  await said("**A budget is used up**: web", alerts);
  await ask(play("the second answer"));
  await said("Today's budget of **web** is used up");
  await ask(play("the third answer"));

  await daemon.stop();
  await fixture.start();
  const [queue] = await (await ann.runs(channel, "/queue")).waitsForReply(PATIENCE_MS);
  expect(queue?.content).toContain("waits for the project's budget until <t:");
  const [status] = await (await ann.runs(channel, "/status")).waitsForReply(PATIENCE_MS);
  expect(status?.content).toContain("2 waiting for the project's budget");

  const notice = written(discord, channel).find(({ content }) => content.includes("Today's budget"))!;
  const press = async (who: Person) =>
    (await (await who.clicks(notice, "Run anyway today")).waitsForReply(PATIENCE_MS)).at(-1)?.content;
  expect(await press(mallory)).toContain("needs the Administrator permission");
  expect(await press(ann)).toContain("needs the Administrator permission");
  expect(contents().filter((content) => content.includes("Today's budget"))).toHaveLength(1);
  expect(contents().join("\n")).not.toContain("the second answer");

  await root.clicks(notice, "Run anyway today");
  await answers(3);
  const all = contents().join("\n");
  expect(all).toContain("root lets **web** run on today, over its budget.");
  expect(all.indexOf("the second answer")).toBeLessThan(all.indexOf("the third answer"));
}, 120_000);

const PATIENCE_MS = { timeoutMs: 40_000 };
