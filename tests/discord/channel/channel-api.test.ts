import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { Undeliverable } from "../../../src/core/turns/reply.ts";
import { createChannelApi } from "../../../src/discord/channel/channel-api.ts";
import { createRest, startDiscord } from "../../loopback/discord/connected-bot.ts";

/** A channel in which the bot may not do what `denied` says. */
async function setUp(denied: bigint) {
  const discord = await startDiscord();
  const channel = discord.addChannel("web");
  discord.guild.setOverwrite(channel, discord.bot, { deny: denied });
  const api = createChannelApi(createRest(discord), channel.id);
  return { discord, channel, api };
}

const withFile = { content: "Here it is.", files: [{ name: "a.txt", data: "a" }] };

test("where the bot may not attach files, the text comes and says so", async () => {
  const { discord, channel, api } = await setUp(PermissionFlagsBits.AttachFiles);
  const id = await api.create(withFile, { nonce: "1" });
  const told =
    "Here it is.\n-# Discord did not take a.txt: the bot may not attach files here, or it is too large.";
  expect(discord.messages(channel)).toMatchObject([{ id, content: told, attachments: [] }]);
});

test("where the bot may not write at all, nothing can be delivered", async () => {
  const { api } = await setUp(PermissionFlagsBits.SendMessages);
  await expect(api.create(withFile, { nonce: "1" })).rejects.toBeInstanceOf(Undeliverable);
});

test("the same nonce again gives the same message with its file, once", async () => {
  const { discord, channel, api } = await setUp(0n);
  const first = await api.create(withFile, { nonce: "1" });
  expect(await api.create(withFile, { nonce: "1" })).toBe(first);
  expect(discord.messages(channel)).toHaveLength(1);
  expect(discord.messages(channel)[0]?.attachments).toHaveLength(1);
});

test("in a thread that was archived meanwhile a message is edited all the same", async () => {
  const discord = await startDiscord();
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann", { permissions: PermissionFlagsBits.ManageThreads });
  const thread = await ann.opensThread(channel, "Slow");
  const api = createChannelApi(createRest(discord), thread.id);
  const id = await api.create({ content: "Working…" }, { nonce: "1" });
  await ann.archives(thread);
  expect(await api.edit(id, { content: "Done." })).toBe(true);
  expect(discord.messages(thread).at(-1)?.content).toBe("Done.");
});
