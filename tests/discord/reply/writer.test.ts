import { REST } from "discord.js";
import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, onTestFinished, test } from "vitest";
import { createChannelApi } from "../../../src/discord/channel/channel-api.ts";
import { ownMessages } from "../../../src/discord/channel/own-messages.ts";
import { createWriter } from "../../../src/discord/reply/writer.ts";
import { startLoopbackDiscord } from "../../../src/loopback/discord/server.ts";
import { createDeliveryStore } from "../../../src/sqlite/deliveries.ts";
import { createLedger } from "../../../src/sqlite/ledger.ts";
import { testDatabase } from "../../support/database.ts";

const NEVER = new AbortController().signal;

interface WriterChange {
  readonly after?: Promise<void>;
  readonly replyTo?: string;
  readonly signal?: AbortSignal;
}

async function setUp() {
  const clock = { passedMs: 0 };
  const now = () => Date.now() + clock.passedMs;
  const discord = await startLoopbackDiscord({ now });
  onTestFinished(() => discord.stop());
  const { id: channelId } = discord.addChannel("web");
  const rest = new REST({ api: discord.apiUrl }).setToken(discord.token);
  const db = testDatabase();
  const ledger = createLedger(db, Date.now);
  const deliveries = createDeliveryStore(db, now);
  let nonces = 0;
  for (const id of ["first", "second"]) {
    ledger.accept({
      id,
      conversationId: channelId,
      guildId: "1",
      projectName: "web",
      messageId: undefined,
      authorId: "2",
      authorName: "ann",
      prompt: id,
    });
  }
  return {
    discord,
    clock,
    db,
    channelId,
    deliveries,
    contents: () => discord.messages(channelId).map((message) => message.content),
    writer: (turnId: string, { after = Promise.resolve(), replyTo, signal = NEVER }: WriterChange = {}) =>
      createWriter({
        turnId,
        after,
        replyTo,
        channel: createChannelApi(rest, channelId),
        deliveries,
        newNonce: () => `nonce-${++nonces}`,
        ownMessages: (afterId) => ownMessages(rest, discord.bot.id, channelId, afterId),
        isKnown: deliveries.has,
        now,
        paceMs: 5,
        signal,
        onTrouble: () => {},
      }),
  };
}

test("an answer of several messages stays together, though the next one is being written already", async () => {
  const { writer, contents } = await setUp();
  const first = writer("first");
  let release: () => void = () => {};
  const late = new Promise<void>((resolve) => {
    release = resolve;
  });
  const second = writer("second", { after: late });
  const shown = new Promise<void>((resolve) => {
    second.show(() => {
      resolve();
      return [{ content: "begins" }];
    });
  });
  await first.finish([{ content: "one" }, { content: "two" }]);
  expect(contents()).toEqual(["one", "two"]);
  release();
  await shown;
  await second.finish([{ content: "all of it" }]);
  expect(contents()).toEqual(["one", "two", "all of it"]);
});

test("what another process began is edited, not written again", async () => {
  const { writer, contents } = await setUp();
  const first = writer("first");
  await first.finish([{ content: "begun" }, { content: "and more" }]);
  await writer("first").finish([{ content: "whole" }]);
  expect(contents()).toEqual(["whole"]);
});

/** As a daemon that dies after Discord took its message, and before it heard of it. */
async function leaveUnheard(set: Awaited<ReturnType<typeof setUp>>, contents: string[], replyTo?: string) {
  const dying = new AbortController();
  const last = contents.at(-1);
  set.discord.onChange(({ type, data }) => {
    if (type === "MESSAGE_CREATE" && data.content === last) dying.abort();
  });
  for (const content of contents) {
    const isLast = content === last;
    set.discord.faults.failNext({
      method: "POST",
      path: /messages$/,
      status: isLast ? "drop" : "slow",
      delayMs: 0,
      afterTakingEffect: true,
      times: isLast ? 100 : 1,
    });
  }
  const change = { signal: dying.signal, ...(replyTo === undefined ? {} : { replyTo }) };
  const writing = set.writer("first", change).finish(contents.map((content) => ({ content })));
  await expect(writing).rejects.toThrow();
  set.discord.faults.clear();
}

test("an answer that Discord took and the daemon never heard of is taken up, however long ago that was", async () => {
  const set = await setUp();
  const ann = set.discord.addMember("ann");
  const asked = await ann.says(set.channelId, "why?");
  await leaveUnheard(set, ["begun"], asked.id);
  expect(set.contents()).toEqual(["why?", "begun"]);
  await ann.says(set.channelId, "and?");
  set.clock.passedMs = 10 * 60_000;
  await set.writer("first", { replyTo: asked.id }).finish([{ content: "whole" }, { content: "more" }]);
  expect(set.contents()).toEqual(["why?", "whole", "and?", "more"]);
});

test("a later message of an answer is known again by its text", async () => {
  const set = await setUp();
  await leaveUnheard(set, ["one", "two"]);
  set.clock.passedMs = 10 * 60_000;
  await set.writer("first").finish([{ content: "one" }, { content: "two" }, { content: "three" }]);
  expect(set.contents()).toEqual(["one", "two", "three"]);
});

test("what was planned and never reached Discord is sent", async () => {
  const set = await setUp();
  set.deliveries.plan("first", 0, "planned");
  set.clock.passedMs = 10 * 60_000;
  await set.writer("first").finish([{ content: "one" }]);
  expect(set.contents()).toEqual(["one"]);
});

test("a later message that was still being written when the daemon died is known by its beginning", async () => {
  const set = await setUp();
  await leaveUnheard(set, ["one", "two and\n-# Writing · 3 s"]);
  set.clock.passedMs = 10 * 60_000;
  await set.writer("first").finish([{ content: "one" }, { content: "two and three" }]);
  expect(set.contents()).toEqual(["one", "two and three"]);
});

test("an answer is not taken for one to another question, though it says the same", async () => {
  const set = await setUp();
  const ann = set.discord.addMember("ann");
  const asked = await ann.says(set.channelId, "why?");
  const askedToo = await ann.says(set.channelId, "why not?");
  await set.writer("first", { replyTo: asked.id }).finish([{ content: "Done." }]);
  set.deliveries.plan("second", 0, "planned");
  set.clock.passedMs = 10 * 60_000;
  await set.writer("second", { replyTo: askedToo.id }).finish([{ content: "Done." }]);
  expect(set.contents()).toEqual(["why?", "why not?", "Done.", "Done."]);
});

test("another message of ours that answers the same question is not taken for the answer", async () => {
  const set = await setUp();
  const ann = set.discord.addMember("ann");
  const asked = await ann.says(set.channelId, "why?");
  await set.writer("second", { replyTo: asked.id }).finish([{ content: "May I?" }]);
  set.deliveries.plan("first", 0, "planned");
  set.clock.passedMs = 10 * 60_000;
  await set.writer("first", { replyTo: asked.id }).finish([{ content: "Because." }]);
  expect(set.contents()).toEqual(["why?", "May I?", "Because."]);
});

test("a message that is no longer wanted goes, though it was never heard whether Discord took it", async () => {
  const set = await setUp();
  await leaveUnheard(set, ["one", "two"]);
  expect(set.contents()).toEqual(["one", "two"]);
  await set.writer("first").finish([{ content: "all" }]);
  expect(set.contents()).toEqual(["all"]);
  expect(set.deliveries.ofTurn("first")).toHaveLength(1);
});

test("a clock that was far ahead when a message was planned does not hide it", async () => {
  const set = await setUp();
  const ann = set.discord.addMember("ann");
  const asked = await ann.says(set.channelId, "why?");
  await leaveUnheard(set, ["begun"], asked.id);
  // Planned by a clock that was two hours ahead of Discord's, which is right again.
  set.db.prepare("UPDATE deliveries SET created_at = created_at + 7200000").run();
  set.clock.passedMs = 10 * 60_000;
  await set.writer("first", { replyTo: asked.id }).finish([{ content: "whole" }]);
  expect(set.contents()).toEqual(["why?", "whole"]);
});

test("a message that somebody deleted is posted anew, and those behind it stay behind it", async () => {
  const { discord, writer, contents, channelId } = await setUp();
  const answer = writer("first");
  const shown = (messages: readonly { content: string }[]) =>
    new Promise<void>((resolve) => {
      answer.show(() => messages);
      const looked = setInterval(() => {
        if (contents().join() !== messages.map(({ content }) => content).join()) return;
        clearInterval(looked);
        resolve();
      }, 5);
    });
  await shown([{ content: "one" }, { content: "two" }, { content: "three" }]);
  const [first] = discord.messages(channelId);
  if (first === undefined) throw new Error("nothing stands there");
  await discord.addMember("mod", { permissions: PermissionFlagsBits.ManageMessages }).deletes(first);
  await answer.finish([{ content: "one, changed" }, { content: "two" }, { content: "three" }]);
  expect(contents()).toEqual(["one, changed", "two", "three"]);
});

test("a message of more than an hour ago is not edited but posted anew", async () => {
  const { discord, clock, writer, contents, channelId } = await setUp();
  const answer = writer("first");
  answer.show(() => [{ content: "begins" }]);
  await discord.until(() => contents().length === 1, { timeoutMs: 5_000 });
  const [before] = discord.messages(channelId);
  clock.passedMs = 3_700_000;
  await answer.finish([{ content: "all of it" }]);
  expect(contents()).toEqual(["all of it"]);
  expect(discord.messages(channelId)[0]?.id).not.toBe(before?.id);
});
