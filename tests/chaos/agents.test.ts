import { expect, test } from "vitest";
import { agentsWorld } from "../support/agents-world.ts";
import { killIfThere } from "../support/processes-with.ts";
import { createRandom } from "./random.ts";

test("500 turns over 25 conversations on at most 4 agents: every answer right, and no process left", async () => {
  const world = agentsWorld({ maxAgents: 4 });
  const conversations = Array.from({ length: 25 }, (_, index) => `1000${index}`);
  const asked: { id: string; prompt: string; conversation: string }[] = [];
  let most = 0;
  const count = setInterval(() => {
    most = Math.max(most, world.processes().length);
  }, 50);
  const ask = (round: number) => {
    for (const [index, conversation] of conversations.entries()) {
      const prompt = `m${index * 100 + round} lines=1`;
      asked.push({ id: world.ask(conversation, prompt), prompt, conversation });
    }
  };
  ask(0);
  await expect.poll(() => world.ends.size, { timeout: 180_000 }).toBe(25);
  const before = process.memoryUsage().rss;
  for (let round = 1; round < 20; round += 1) ask(round);
  await expect.poll(() => world.ends.size, { timeout: 300_000 }).toBe(500);
  clearInterval(count);

  for (const { id, prompt } of asked) {
    const { end } = world.ends.get(id)!;
    expect(end).toMatchObject({ outcome: "answered", notes: [] });
    expect(end.answer).toBe(`${prompt.split(" ")[0]} line 1 of 1`);
  }
  for (const conversation of conversations) {
    const order = [...world.ends.values()].filter(({ turn }) => turn.conversationId === conversation);
    const inOrder = asked.filter((one) => one.conversation === conversation).map(({ prompt }) => prompt);
    expect(order.map(({ turn }) => turn.prompt)).toEqual(inOrder);
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(4);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  await world.stop();
  expect(world.processes()).toEqual([]);
}, 600_000);

test("300 turns whose agents die, hang, babble or are killed: each ends visibly, and no process is left", async () => {
  const seed = Number(process.env.AGENTS_SEED ?? 1);
  const random = createRandom(seed);
  const world = agentsWorld({ maxAgents: 6, stallTimeoutMs: 6_000 });
  const faults = ["dies-first", "dies-mid-text", "dies-after-answer", "garbage", "refuses", "hangs"] as const;
  const asked: { id: string; fault: string | undefined }[] = [];
  let kills = 0;
  // As many kills on a slow machine as on a quick one.
  const killer = setInterval(() => {
    const running = world.processes();
    if (running.length === 0 || world.ends.size < kills * 4) return;
    kills += 1;
    killIfThere(random.pick(running));
  }, 50);
  for (let turn = 0; turn < 300; turn += 1) {
    const fault = random.chance(0.4) ? random.pick(faults) : undefined;
    const prompt = `m${turn} lines=${random.whole(1, 4)} pace=${random.whole(0, 20)}${fault ? ` [${fault}]` : ""}`;
    asked.push({ id: world.ask(`2000${random.whole(0, 11)}`, prompt), fault });
  }
  await expect.poll(() => world.ends.size, { timeout: 500_000, interval: 200 }).toBe(300);
  clearInterval(killer);
  await world.idle();

  for (const { id, fault } of asked) {
    const { end, turn } = world.ends.get(id)!;
    expect(["answered", "failed"], `seed ${seed}, ${turn.prompt}`).toContain(end.outcome);
    if (end.outcome === "failed") expect(end.errorId, turn.prompt).toBeDefined();
    // A fault that comes after the answer may hit a process that was killed before it came to that.
    if (fault === "hangs") expect(end.outcome, turn.prompt).toBe("failed");
  }
  expect([...world.ends.values()].filter(({ end }) => end.outcome === "answered").length).toBeGreaterThan(80);
  await world.stop();
  expect(world.processes()).toEqual([]);
}, 600_000);
