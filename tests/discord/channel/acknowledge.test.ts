import { expect, onTestFinished, test } from "vitest";
import { watchLedger } from "../../../src/core/turns/ledger-watch.ts";
import type { TurnOutcome } from "../../../src/core/turns/turn.ts";
import { createAcknowledge } from "../../../src/discord/channel/acknowledge.ts";
import { createReactions } from "../../../src/discord/channel/reactions.ts";
import { createLedger } from "../../../src/sqlite/ledger.ts";
import { createRest, startDiscord } from "../../loopback/discord/connected-bot.ts";
import { testDatabase } from "../../support/database.ts";

/** A real ledger whose turns are shown by reactions in a channel of a loopback Discord. */
async function setUp() {
  const discord = await startDiscord({ rateLimits: true });
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const rest = createRest(discord);
  const db = testDatabase();
  const open = (startedAtMs: number) => {
    const plain = createLedger(db, Date.now);
    const acknowledge = createAcknowledge({
      reactions: (channelId) => createReactions(rest, channelId),
      open: plain.open,
      isOn: () => true,
      startedAtMs,
    });
    onTestFinished(() => acknowledge.stop(0));
    return { ledger: watchLedger(plain, acknowledge.changed), stop: acknowledge.stop };
  };
  const says = async (text: string) => (await ann.says(channel, text)).id;
  const accept = (ledger: ReturnType<typeof open>["ledger"], messageId: string) =>
    ledger.accept({
      id: `turn-${messageId}`,
      conversationId: channel.id,
      guildId: "1",
      projectName: "web",
      messageId,
      authorId: ann.id,
      authorName: "ann",
      prompt: "x",
    });
  const answer = (ledger: ReturnType<typeof open>["ledger"], messageId: string, outcome: TurnOutcome) => {
    ledger.end(`turn-${messageId}`, { ...END, outcome });
    ledger.move(`turn-${messageId}`, "deliver");
  };
  const reactions = (messageId: string) =>
    discord
      .messages(channel)
      .find(({ id }) => id === messageId)
      ?.reactions?.map(({ emoji }) => emoji.name) ?? [];
  const requests = () => discord.requests.filter(({ path }) => path.includes("/reactions/"));
  const deletes = (id: string) => ann.deletes({ id, channel_id: channel.id });
  return { discord, deletes, open, says, accept, answer, reactions, requests };
}

const END = {
  answer: "",
  failureCode: undefined,
  errorId: undefined,
  resetsAtMs: undefined,
  notes: [],
  stats: undefined,
};

test.each<[TurnOutcome, string]>([
  ["answered", "✅"],
  ["failed", "⚠️"],
  ["cancelled", "🛑"],
])("a message is taken with eyes, and a turn that was %s leaves only %s", async (outcome, emoji) => {
  const { open, says, accept, answer, reactions, requests } = await setUp();
  const { ledger } = open(0);
  const message = await says("hello");
  accept(ledger, message);
  await expect.poll(() => reactions(message)).toEqual(["👀"]);
  ledger.move(`turn-${message}`, "start");
  answer(ledger, message, outcome);
  await expect.poll(() => reactions(message), { timeout: 5000 }).toEqual([emoji]);
  expect(requests()).toHaveLength(3);
});

test("an answer that is long on its way ends as the others do", async () => {
  const { open, says, accept, reactions } = await setUp();
  const { ledger } = open(0);
  const message = await says("hello");
  accept(ledger, message);
  ledger.move(`turn-${message}`, "start");
  ledger.end(`turn-${message}`, { ...END, outcome: "answered" });
  await expect.poll(() => reactions(message)).toEqual(["👀"]);
  // Whatever was to be done for that state is done once a later message has been reacted to.
  const next = await says("next");
  accept(ledger, next);
  await expect.poll(() => reactions(next), { timeout: 5000 }).toEqual(["👀"]);
  ledger.move(`turn-${message}`, "deliver");
  await expect.poll(() => reactions(message), { timeout: 5000 }).toEqual(["✅"]);
});

test("those that wait show how many are before them, and move up", async () => {
  const { discord, open, says, accept, answer, reactions } = await setUp();
  const { ledger } = open(0);
  const messages = [await says("a"), await says("b"), await says("c")] as const;
  for (const message of messages) accept(ledger, message);
  ledger.move(`turn-${messages[0]}`, "start");
  await expect
    .poll(() => messages.map(reactions), { timeout: 8000 })
    .toEqual([["👀"], ["⏳", "1️⃣"], ["⏳", "2️⃣"]]);
  answer(ledger, messages[0], "answered");
  ledger.move(`turn-${messages[1]}`, "start");
  await expect.poll(() => messages.map(reactions), { timeout: 8000 }).toEqual([["✅"], ["👀"], ["⏳", "1️⃣"]]);
  expect(discord.rateLimited).toEqual([]);
});

test("what changes before it could be shown costs no request", async () => {
  const { open, says, accept, answer, reactions, requests } = await setUp();
  const { ledger } = open(0);
  const messages = [await says("a"), await says("b"), await says("c")] as const;
  for (const message of messages) {
    accept(ledger, message);
    ledger.move(`turn-${message}`, "start");
    answer(ledger, message, "answered");
  }
  await expect.poll(() => messages.map(reactions), { timeout: 8000 }).toEqual([["✅"], ["✅"], ["✅"]]);
  // Only the first was seen as taken before it had ended.
  await expect.poll(() => requests().length).toBeLessThanOrEqual(5);
});

test("after a restart the reactions of the earlier process go too", async () => {
  const { open, says, accept, answer, reactions } = await setUp();
  const before = open(0);
  const message = await says("hello");
  accept(before.ledger, message);
  await expect.poll(() => reactions(message)).toEqual(["👀"]);
  await before.stop(1000);
  const after = open(Date.now() + 1000);
  answer(after.ledger, message, "answered");
  await expect.poll(() => reactions(message)).toEqual(["✅"]);
});

test("a stop sends what is due, and nothing follows it", async () => {
  const { open, says, accept, answer, reactions } = await setUp();
  const { ledger, stop } = open(0);
  const message = await says("hello");
  accept(ledger, message);
  answer(ledger, message, "answered");
  await stop(5000);
  expect(reactions(message)).toEqual(["✅"]);
  const late = await says("late");
  accept(ledger, late);
  expect(reactions(late)).toEqual([]);
});

test("a message that is gone costs one request, and the turn goes on", async () => {
  const { deletes, open, says, accept, answer, requests } = await setUp();
  const { ledger, stop } = open(0);
  const message = await says("hello");
  await deletes(message);
  accept(ledger, message);
  await expect.poll(() => requests().map(({ status }) => status)).toEqual([404]);
  ledger.move(`turn-${message}`, "start");
  await stop(5000);
  expect(ledger.turn(`turn-${message}`)?.state).toBe("running");
  answer(ledger, message, "answered");
  expect(requests()).toHaveLength(1);
});
