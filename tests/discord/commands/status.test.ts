import { expect, test } from "vitest";
import type { Session } from "../../../src/core/turns/ledger.ts";
import type { Turn } from "../../../src/core/turns/turn.ts";
import { type StatusDeps, statusHandler } from "../../../src/discord/commands/status.ts";
import { interactionBot, startDiscord } from "../../support/interaction-bot.ts";
import { projectIn } from "../../support/projects.ts";

/** Twenty conversations in one project, in the first of which things are asked, and one in a project that is not ann's. */
async function scene() {
  const discord = await startDiscord();
  const [channel, secret] = [discord.addChannel("web"), discord.addChannel("secret")];
  const ann = discord.addMember("ann");
  const session = (conversationId: string, projectName: string): Session => ({
    conversationId,
    projectName,
    sessionId: `session of ${conversationId}`,
    started: true,
    messageCount: 3,
    lastActiveMs: 1_800_000_000_000,
    costUsd: 0.5,
    generation: 0,
    title: undefined,
    forkOf: undefined,
  });
  const nobody = { users: [], roles: [], everyone: false };
  const deps: StatusDeps = {
    projects: () => [
      projectIn(channel, { model: "opus" }),
      projectIn(secret, { name: "secret", access: nobody }),
    ],
    guildOf: () => discord.guild.id,
    ledger: { open: (conversationId) => (conversationId === "1000" ? OPEN : []) },
    sessions: {
      list: () => [
        ...Array.from({ length: 20 }, (_, index) => session(String(1000 + index), "web")),
        session(secret.id, "secret"),
      ],
    },
    agents: { counts: () => ({ busy: 1, idle: 2, waiting: 3 }) },
    context: () => ({ tokens: 50_000, window: 200_000 }),
    health: () => "up",
  };
  const status = statusHandler(deps);
  const bot = await interactionBot(discord, { commands: { status }, components: { status } });
  await bot.register([{ name: "status", description: "Shows" }]);
  const [first] = await (await ann.runs(channel, "/status")).waitsForReply();
  return { ann, channel, secret, first: first! };
}

const OPEN = [
  { state: "running" },
  { state: "queued", heldBy: "usage_limit" },
  { state: "accepted" },
  { state: "delivering" },
] as Turn[];

test("conversations are listed page by page", async () => {
  const { ann, channel, first } = await scene();
  expect(first.content).toContain("**20 sessions**, page 1 of 3");
  expect(first.content).toContain(
    "<#1000> · web · opus · 3 messages · <t:1800000000:R> · $0.50 · context 25 % · **running** · 2 waiting for Claude's usage limit",
  );
  expect(first.content).toMatch(/<#1001>.* · context 25 %$/m);
  expect(first.content).toContain("-# up · agents: 1 busy, 2 warm, 3 waiting for one");
  const shown = () => ann.sees(channel).find(({ id }) => id === first.id);
  await ann.clicks(first, "On");
  await expect.poll(() => shown()?.content).toContain("page 2 of 3");
  await ann.clicks(shown()!, "On");
  await expect.poll(() => shown()?.content).toContain("page 3 of 3");
  expect(shown()?.content).toContain("<#1019>");
  await expect(ann.clicks(shown()!, "On")).rejects.toThrow("disabled");
});

test("what somebody may not talk in, they do not see", async () => {
  const { first, secret } = await scene();
  expect(first.content).not.toContain(secret.id);
  expect(first.content).not.toContain("secret");
});
