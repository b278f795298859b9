import { REST } from "discord.js";
import { expect, onTestFinished, test } from "vitest";
import { createChannelApi } from "../../../src/discord/channel-api.ts";
import { createWriter } from "../../../src/discord/reply/writer.ts";
import { startLoopbackDiscord } from "../../../src/loopback/discord/server.ts";
import { createDeliveryStore } from "../../../src/sqlite/deliveries.ts";
import { createLedger } from "../../../src/sqlite/ledger.ts";
import { testDatabase } from "../../support/database.ts";

async function setUp() {
  const discord = await startLoopbackDiscord();
  onTestFinished(() => discord.stop());
  const { id: channelId } = discord.addChannel("web");
  const rest = new REST({ api: discord.apiUrl }).setToken(discord.token);
  const db = testDatabase();
  const ledger = createLedger(db, Date.now);
  const deliveries = createDeliveryStore(db, Date.now);
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
    contents: () => discord.messages(channelId).map((message) => message.content),
    writer: (turnId: string, after: Promise<void> = Promise.resolve()) =>
      createWriter({
        turnId,
        after,
        replyTo: undefined,
        channel: createChannelApi(rest, channelId),
        deliveries,
        newNonce: () => `nonce-${++nonces}`,
        paceMs: 5,
        signal: new AbortController().signal,
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
  const second = writer("second", late);
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
