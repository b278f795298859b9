import { REST } from "discord.js";
import { expect, onTestFinished, test } from "vitest";
import { createChannelApi } from "../../../src/discord/channel-api.ts";
import { ownMessages } from "../../../src/discord/own-messages.ts";
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
