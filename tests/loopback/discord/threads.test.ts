import {
  ChannelType,
  type ForumChannel,
  type Message,
  PermissionFlagsBits,
  type TextChannel,
  type ThreadChannel,
} from "discord.js";
import { expect, test } from "vitest";
import { connectedBot, createClient, createRest, nextEvent } from "./connected-bot.ts";

test("a thread from a message has the message's id, and both sides talk in it", async () => {
  const { ann, general, channel, discord, client } = await connectedBot();
  const asked = await ann.says(general, "topic");
  const message = await channel.messages.fetch(asked.id);
  const created = nextEvent<ThreadChannel>(client, "threadCreate");
  const thread = await message.startThread({ name: "Topic" });
  expect((await created).id).toBe(thread.id);
  expect(thread.id).toBe(asked.id);
  expect(discord.messages(general)[0]).toMatchObject({ flags: 32, thread: { id: thread.id, name: "Topic" } });
  await thread.send("from the bot");
  const heard = new Promise<Message>((resolve) =>
    client.on("messageCreate", (one) => one.author.id === ann.id && resolve(one)),
  );
  await ann.says(thread, "from ann");
  expect((await heard).channel.isThread()).toBe(true);
  expect(discord.messages(thread).map(({ type, content }) => [type, content])).toEqual([
    [21, ""],
    [0, "from the bot"],
    [0, "from ann"],
  ]);
  expect((await thread.fetchStarterMessage())?.content).toBe("topic");
  expect([...(await thread.members.fetch()).keys()].sort()).toEqual([discord.bot.id, ann.id].sort());
  const again = createRest(discord).post(`/channels/${general.id}/messages/${asked.id}/threads`, {
    body: { name: "Again" },
  });
  await expect(again).rejects.toMatchObject({ code: 160004 });
});

test("a person's thread is heard of, with its messages", async () => {
  const { ann, general, client } = await connectedBot();
  const created = nextEvent<ThreadChannel>(client, "threadCreate");
  const thread = await ann.opensThread(await ann.says(general, "start"), "By Ann");
  expect(await created).toMatchObject({
    id: thread.id,
    name: "By Ann",
    ownerId: ann.id,
    parentId: general.id,
  });
  const heard = nextEvent<Message>(client, "messageCreate");
  await ann.says(thread, "inside", { mention: true });
  expect((await heard).channelId).toBe(thread.id);
});

test("a thread without a message is told of in its channel; a private one is not, and is hidden", async () => {
  const { ann, general, channel, discord } = await connectedBot();
  const { threads } = channel as TextChannel;
  const open = await threads.create({ name: "Open", type: ChannelType.PublicThread });
  const hidden = await threads.create({ name: "Hidden", type: ChannelType.PrivateThread });
  expect(discord.messages(general)).toMatchObject([
    { type: 18, content: "Open", message_reference: { channel_id: open.id } },
  ]);
  await expect(ann.says(hidden, "x")).rejects.toMatchObject({ code: 50001 });
  await hidden.members.add(ann.id);
  await ann.says(hidden, "x");
  expect(discord.messages(hidden).map((message) => message.type)).toEqual([1, 0]);
  await hidden.members.remove(ann.id);
  await expect(ann.says(hidden, "x")).rejects.toMatchObject({ code: 50001 });
});

test("an archived thread wakes when somebody writes, unless it is locked", async () => {
  const { ann, channel, client, discord } = await connectedBot();
  const thread = await (channel as TextChannel).threads.create({ name: "T", type: ChannelType.PublicThread });
  const first = await thread.send("first");
  await thread.setArchived(true);
  await expect(first.edit("x")).rejects.toMatchObject({ code: 50083 });
  await expect(first.react("👍")).rejects.toMatchObject({ code: 50083 });
  const woken = new Promise<boolean | null>((resolve) =>
    client.once("threadUpdate", (_old, now) => resolve(now.archived)),
  );
  await ann.says(thread, "wake up");
  expect(await woken).toBe(false);
  await thread.setLocked(true);
  await expect(ann.says(thread, "x")).rejects.toMatchObject({ code: 160005 });
  await thread.setLocked(false);
  await thread.setName("Renamed");
  expect(discord.messages(thread).at(-1)).toMatchObject({ type: 4, content: "Renamed" });
});

test("active and archived threads are listed", async () => {
  const { channel, discord } = await connectedBot();
  const { threads } = channel as TextChannel;
  const active = await threads.create({ name: "Active", type: ChannelType.PublicThread });
  const archived = await threads.create({ name: "Archived", type: ChannelType.PublicThread });
  await archived.setArchived(true);
  expect([...(await threads.fetchActive()).threads.keys()]).toEqual([active.id]);
  expect([...(await threads.fetchArchived()).threads.keys()]).toEqual([archived.id]);
  const { threads: all } = (await createRest(discord).get(`/guilds/${discord.guild.id}/threads/active`)) as {
    threads: { id: string }[];
  };
  expect(all.map(({ id }) => id)).toEqual([active.id]);
});

test("the bot joins and leaves a thread, and deletes it", async () => {
  const { ann, general, client, discord } = await connectedBot();
  const { id } = await ann.opensThread(general, "Ann's");
  const thread = (await client.channels.fetch(id)) as ThreadChannel;
  await thread.join();
  expect(discord.guild.id).toBe(thread.guildId);
  expect((await thread.members.fetch()).has(discord.bot.id)).toBe(true);
  await thread.leave();
  expect((await thread.members.fetch()).has(discord.bot.id)).toBe(false);
  const deleted = nextEvent<ThreadChannel>(client, "threadDelete");
  await thread.delete();
  expect((await deleted).id).toBe(id);
  await expect(ann.says(id, "x")).rejects.toMatchObject({ code: 10003 });
});

test("a forum post is a thread whose first message has its id, with tags", async () => {
  const { ann, client, discord } = await connectedBot();
  const forum = discord.addChannel("ideas", { type: ChannelType.GuildForum, tags: ["bug", "wish"] });
  const channel = (await client.channels.fetch(forum.id)) as ForumChannel;
  const bug = channel.availableTags.find(({ name }) => name === "bug")!;
  const post = await channel.threads.create({
    name: "It breaks",
    message: { content: "details" },
    appliedTags: [bug.id],
  });
  expect(post.appliedTags).toEqual([bug.id]);
  expect(discord.messages(post)).toMatchObject([{ id: post.id, content: "details" }]);
  const heard = new Promise<Message>((resolve) =>
    client.on("messageCreate", (one) => one.author.id === ann.id && resolve(one)),
  );
  const byAnn = await ann.posts(forum, "A wish", "please", { tags: ["wish"] });
  expect((await heard).id).toBe(byAnn.id);
  await expect(
    createRest(discord).post(`/channels/${forum.id}/messages`, { body: { content: "x" } }),
  ).rejects.toMatchObject({ code: 50008 });
});

test("threads are in GUILD_CREATE of a bot that connects later", async () => {
  const { ann, general, discord } = await connectedBot();
  const thread = await ann.opensThread(general, "Before");
  const client = createClient(discord);
  const ready = nextEvent(client, "clientReady");
  await client.login(discord.token);
  await ready;
  expect(client.channels.cache.get(thread.id)).toMatchObject({ name: "Before" });
});

test("sending in threads needs its own permission", async () => {
  const { ann, general, discord } = await connectedBot();
  const thread = await ann.opensThread(general, "T");
  discord.guild.setOverwrite(general, discord.guild.id, { deny: PermissionFlagsBits.SendMessagesInThreads });
  await expect(ann.says(thread, "x")).rejects.toMatchObject({ code: 50013 });
  await ann.says(general, "still here");
});
