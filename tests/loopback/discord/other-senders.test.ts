import { type Message, PermissionFlagsBits, type TextChannel } from "discord.js";
import { expect, test } from "vitest";
import { connectedBot, createRest, nextEvent } from "./connected-bot.ts";

test("direct messages go in both directions, and can be closed", async () => {
  const { discord, ann, client } = await connectedBot();
  const created = nextEvent<Message>(client, "messageCreate");
  await ann.says(ann.dm, "hello in private");
  const message = await created;
  expect(message.inGuild()).toBe(false);
  expect(message.content).toBe("hello in private");
  await message.reply("hello back");
  const user = await client.users.fetch(ann.id);
  await user.send("and again");
  expect(discord.messages(ann.dm).map((one) => one.content)).toEqual([
    "hello in private",
    "hello back",
    "and again",
  ]);
  discord.guild.closeDms(ann);
  await expect(user.send("x")).rejects.toMatchObject({ code: 50007 });
});

test("another bot's message says that a bot wrote it", async () => {
  const { discord, general, client } = await connectedBot();
  const other = discord.addMember("other", { bot: true });
  const created = nextEvent<Message>(client, "messageCreate");
  await other.says(general, "beep", { mention: true });
  expect((await created).author.bot).toBe(true);
});

test("a webhook's message has the webhook as its author and no member", async () => {
  const { discord, general, client } = await connectedBot();
  const channel = (await client.channels.fetch(general.id)) as TextChannel;
  const webhook = await channel.createWebhook({ name: "ci" });
  const created = nextEvent<Message>(client, "messageCreate");
  const sent = await webhook.send({ content: "built", username: "builder" });
  const message = await created;
  expect(message).toMatchObject({
    webhookId: webhook.id,
    member: null,
    author: { bot: true, username: "builder" },
  });
  await webhook.editMessage(sent.id, "built twice");
  expect(discord.messages(general)[0]).toMatchObject({ content: "built twice", webhook_id: webhook.id });
  expect((await channel.fetchWebhooks()).size).toBe(1);
  await webhook.deleteMessage(sent.id);
  expect(discord.messages(general)).toEqual([]);
  await webhook.delete();
  await expect(createRest(discord).get(`/webhooks/${webhook.id}`)).rejects.toMatchObject({ code: 10015 });
});

test("pins are set, listed and taken off, and said in the channel", async () => {
  const { discord, ann, general, channel } = await connectedBot();
  const sent = await channel.send("important");
  await sent.pin();
  expect((await channel.messages.fetchPins()).items.map(({ message }) => message.id)).toEqual([sent.id]);
  expect(discord.messages(general)).toMatchObject([
    { pinned: true },
    { type: 6, message_reference: { message_id: sent.id } },
  ]);
  await sent.unpin();
  expect((await channel.messages.fetchPins()).items).toEqual([]);
  await expect(ann.pins({ id: sent.id, channel_id: general.id })).rejects.toMatchObject({ code: 50013 });
  const bob = discord.addMember("bob", { permissions: PermissionFlagsBits.PinMessages });
  await bob.pins({ id: sent.id, channel_id: general.id });
  expect(discord.messages(general)[0]?.pinned).toBe(true);
});

test("the bot learns who it is", async () => {
  const { discord, client } = await connectedBot({ botUsername: "coord" });
  const rest = createRest(discord);
  expect(await rest.get("/users/@me")).toMatchObject({ id: discord.bot.id, username: "coord", bot: true });
  const application = await client.application?.fetch();
  expect(application?.owner?.id).toBe(discord.owner.id);
  expect(await rest.get("/oauth2/applications/@me")).toMatchObject({ id: discord.bot.id });
  expect((await client.guilds.fetch()).map((guild) => guild.id)).toEqual([discord.guild.id]);
});
