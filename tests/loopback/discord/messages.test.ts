import { type Message, MessageFlags } from "discord.js";
import { expect, test } from "vitest";
import { connectedBot, nextEvent } from "./connected-bot.ts";

test("a person's mention reaches the bot, and the bot's reply reaches the person", async () => {
  const { discord, general, ann, client } = await connectedBot();
  client.on("messageCreate", (message: Message) => {
    if (message.mentions.has(discord.bot.id)) void message.reply(`you said: ${message.cleanContent}`);
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

test("mentions of the bot, roles and everyone are resolved as far as the author may", async () => {
  const { discord, general, ann, client } = await connectedBot();
  const devs = discord.guild.addRole("devs", { mentionable: true });
  const admins = discord.guild.addRole("admins");
  const created = nextEvent<Message>(client, "messageCreate");
  await ann.says(general, `<@${discord.bot.id}> <@&${devs.id}> <@&${admins.id}> @everyone`);
  const { mentions } = await created;
  expect([...mentions.users.keys()]).toEqual([discord.bot.id]);
  expect([...mentions.roles.keys()]).toEqual([devs.id]);
  expect(mentions.everyone).toBe(false);
  const byOwner = await discord.owner.says(general, `@everyone <@&${admins.id}>`);
  expect(byOwner).toMatchObject({ mention_everyone: true, mention_roles: [admins.id] });
});

test("allowed_mentions keeps the bot from pinging", async () => {
  const { ann, general, channel } = await connectedBot();
  const asked = await ann.says(general, "hi");
  const quiet = { content: `${ann.mention} @everyone`, allowedMentions: { parse: [], repliedUser: false } };
  const silent = await channel.send({ ...quiet, reply: { messageReference: asked.id } });
  expect([...silent.mentions.users.keys()]).toEqual([]);
  expect(silent.mentions.everyone).toBe(false);
  const pinging = await channel.send({ content: ann.mention, allowedMentions: { users: [ann.id] } });
  expect([...pinging.mentions.users.keys()]).toEqual([ann.id]);
});

test("a nonce is given back, and with enforce_nonce the same message is not sent twice", async () => {
  let nowMs = Date.now();
  const { discord, general, channel } = await connectedBot({ now: () => nowMs });
  const send = () => channel.send({ content: "x", nonce: "7", enforceNonce: true });
  const [first, again] = [await send(), await send()];
  expect(again.id).toBe(first.id);
  expect(first.nonce).toBe("7");
  expect(discord.messages(general)).toHaveLength(1);
  expect((await channel.send({ content: "x", nonce: "7" })).id).not.toBe(first.id);
  nowMs += 10 * 60_000;
  expect((await send()).id).not.toBe(first.id);
  const fetched = await channel.client.rest.get(`/channels/${channel.id}/messages/${first.id}`);
  expect(fetched).not.toHaveProperty("nonce");
});

test("history comes newest first: the latest, after, before and around a message", async () => {
  const { ann, general, channel } = await connectedBot();
  const ids: string[] = [];
  for (let count = 0; count < 7; count += 1) ids.push((await ann.says(general, `${count}`)).id);
  const contents = async (options: object) =>
    [...(await channel.messages.fetch({ ...options, cache: false })).values()]
      .map((message) => message.content)
      .join("");
  expect(await contents({ limit: 3 })).toBe("654");
  expect(await contents({ limit: 3, after: ids[1] })).toBe("432");
  expect(await contents({ limit: 3, before: ids[4] })).toBe("321");
  expect(await contents({ limit: 3, around: ids[3] })).toBe("432");
  expect(await contents({})).toBe("6543210");
  expect(await contents({ after: "0", limit: 2 })).toBe("10");
  await expect(channel.messages.fetch({ limit: 101 as 100 })).rejects.toMatchObject({ code: 50035 });
});

test("typing is seen in both directions", async () => {
  const { discord, general, ann, client, channel } = await connectedBot();
  const seen = new Promise<string>((resolve) =>
    client.once("typingStart", (typing) => resolve(typing.user.id)),
  );
  await ann.types(general);
  expect(await seen).toBe(ann.id);
  const typed: string[] = [];
  discord.onChange((change) => {
    if (change.type === "TYPING_START") typed.push(change.data.user_id);
  });
  await channel.sendTyping();
  expect(typed).toEqual([discord.bot.id]);
});

test("reactions go in both directions, are listed and taken off", async () => {
  const { general, ann, client, channel, discord } = await connectedBot();
  const sent = await channel.send("react");
  const added = new Promise<string | null>((resolve) =>
    client.once("messageReactionAdd", (reaction) => resolve(reaction.emoji.name)),
  );
  await ann.reacts({ id: sent.id, channel_id: general.id }, "👍");
  expect(await added).toBe("👍");
  const own = await sent.react("👍");
  expect([...(await own.users.fetch()).keys()].sort()).toEqual([discord.bot.id, ann.id].sort());
  expect(discord.messages(general)[0]?.reactions).toMatchObject([
    { count: 2, me: true, emoji: { name: "👍" } },
  ]);
  await own.users.remove();
  expect(discord.messages(general)[0]?.reactions).toMatchObject([{ count: 1, me: false }]);
  await sent.reactions.removeAll();
  expect(discord.messages(general)[0]?.reactions).toBeUndefined();
  await expect(sent.react("x")).rejects.toMatchObject({ code: 10014 });
});

test("suppressed embeds disappear, and people still see the text", async () => {
  const { discord, general, channel } = await connectedBot();
  const sent = await channel.send({
    content: "text",
    embeds: [{ title: "t", fields: [{ name: "n", value: "v" }] }],
  });
  expect(sent.embeds[0]?.fields).toEqual([{ name: "n", value: "v", inline: false }]);
  await sent.suppressEmbeds(true);
  expect(discord.messages(general)[0]).toMatchObject({ embeds: [], flags: MessageFlags.SuppressEmbeds });
  expect(discord.messages(general)[0]?.edited_timestamp).toBeNull();
});

test("many messages are deleted at once", async () => {
  const { discord, general, ann, client, channel } = await connectedBot();
  const ids = [await ann.says(general, "1"), await ann.says(general, "2")].map((message) => message.id);
  const kept = await ann.says(general, "3");
  const deleted = new Promise<number>((resolve) =>
    client.once("messageDeleteBulk", (all) => resolve(all.size)),
  );
  await channel.bulkDelete(ids);
  expect(await deleted).toBe(2);
  expect(discord.messages(general).map((message) => message.id)).toEqual([kept.id]);
});

test("a forwarded message carries its snapshot and no content of its own", async () => {
  const { discord, general, ann, client } = await connectedBot();
  const other = discord.addChannel("other");
  const original = await ann.says(other, "the original");
  const seen: Message[] = [];
  client.on("messageCreate", (message) => seen.push(message));
  await ann.forwards(original, general);
  await expect.poll(() => seen.at(-1)?.channelId).toBe(general.id);
  const message = seen.at(-1);
  expect(message?.content).toBe("");
  expect(message?.messageSnapshots.first()?.content).toBe("the original");
});

test("replying to a deleted message leaves no referenced message behind", async () => {
  const { general, ann, channel } = await connectedBot();
  const asked = await ann.says(general, "gone soon");
  const reply = await channel.send({ content: "reply", reply: { messageReference: asked.id } });
  await ann.deletes(asked);
  const fetched = await channel.client.rest.get(`/channels/${channel.id}/messages/${reply.id}`);
  expect(fetched).toMatchObject({
    type: 19,
    referenced_message: null,
    message_reference: { message_id: asked.id },
  });
});
