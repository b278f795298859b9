import type { Message } from "discord.js";
import { expect, test } from "vitest";
import { connectedBot, nextEvent } from "./connected-bot.ts";

test("a person's mention reaches the bot, and the bot's reply reaches the person", async () => {
  const { discord, general, ann, client } = await connectedBot();
  client.on("messageCreate", async (message: Message) => {
    if (message.mentions.has(discord.bot.id)) await message.reply(`you said: ${message.cleanContent}`);
  });
  const asked = await ann.says(general, "hello", { mention: true });
  const [reply] = await ann.waitsForReply(asked);
  expect(reply).toMatchObject({
    type: 19,
    content: "you said: @claude hello",
    author: { id: discord.bot.id, bot: true },
    message_reference: { message_id: asked.id, channel_id: general.id, guild_id: discord.guild.id },
    referenced_message: { id: asked.id, content: `<@${discord.bot.id}> hello` },
    mentions: [{ id: ann.id }],
  });
});

test("the bot edits, deletes and fetches its messages", async () => {
  const { discord, general, channel } = await connectedBot();
  const sent = await channel.send("one");
  const edited = await sent.edit("two");
  expect(edited.content).toBe("two");
  expect(edited.editedTimestamp).toBeGreaterThan(0);
  expect((await channel.messages.fetch({ message: sent.id, force: true })).content).toBe("two");
  expect(discord.messages(general).map((message) => message.content)).toEqual(["two"]);
  await sent.delete();
  expect(discord.messages(general)).toEqual([]);
  await expect(channel.messages.fetch(sent.id)).rejects.toMatchObject({ code: 10008, status: 404 });
});

test("a person's edits and deletions reach the bot", async () => {
  const { general, ann, client } = await connectedBot();
  const created = nextEvent<Message>(client, "messageCreate");
  const message = await ann.says(general, "helo");
  expect((await created).member?.joinedTimestamp).toBeGreaterThan(0);
  const updated = new Promise<Message>((resolve) =>
    client.once("messageUpdate", (_old, now) => resolve(now)),
  );
  await ann.edits(message, "hello");
  expect((await updated).content).toBe("hello");
  const deleted = nextEvent<Message>(client, "messageDelete");
  await ann.deletes(message);
  expect((await deleted).id).toBe(message.id);
});
