import {
  ChannelType,
  type GuildMember,
  PermissionFlagsBits,
  PermissionsBitField,
  type TextChannel,
} from "discord.js";
import { expect, test } from "vitest";
import { connectedBot, createRest, nextEvent } from "./connected-bot.ts";

const {
  ViewChannel,
  SendMessages,
  EmbedLinks,
  AttachFiles,
  ReadMessageHistory,
  ManageMessages,
  Administrator,
} = PermissionFlagsBits;

test("without View Channel everything is refused with 50001, and nothing is heard of", async () => {
  const { ann, general, client, channel, discord } = await connectedBot();
  const [bot] = [discord.bot.id];
  const seen: string[] = [];
  client.on("messageCreate", (message) => seen.push(message.content));
  discord.guild.setOverwrite(general, bot, { deny: ViewChannel });
  await ann.says(general, "hidden");
  await expect(channel.send("x")).rejects.toMatchObject({ code: 50001, status: 403 });
  await expect(channel.messages.fetch()).rejects.toMatchObject({ code: 50001 });
  discord.guild.setOverwrite(general, bot, { allow: ViewChannel });
  await ann.says(general, "visible");
  await expect.poll(() => seen).toEqual(["visible"]);
});

test.each([
  ["Send Messages", SendMessages, { content: "x" }],
  ["Embed Links", EmbedLinks, { embeds: [{ title: "x" }] }],
  ["Attach Files", AttachFiles, { files: [{ name: "a.txt", attachment: Buffer.from("a") }] }],
])("without %s a message that needs it is refused with 50013", async (_name, permission, body) => {
  const { general, channel, discord } = await connectedBot();
  discord.guild.setOverwrite(general, discord.bot.id, { deny: permission });
  await expect(channel.send(body)).rejects.toMatchObject({ code: 50013, status: 403 });
});

test("without Read Message History the history is empty and a reply refused", async () => {
  const { ann, general, channel, discord } = await connectedBot();
  const message = await ann.says(general, "x");
  discord.guild.setOverwrite(general, discord.bot.id, { deny: ReadMessageHistory });
  expect((await channel.messages.fetch()).size).toBe(0);
  const reply = channel.send({ content: "x", reply: { messageReference: message.id } });
  await expect(reply).rejects.toMatchObject({ code: 160002 });
});

test("deleting others' messages needs Manage Messages, one's own does not", async () => {
  const { ann, general, channel, discord } = await connectedBot();
  discord.guild.setOverwrite(general, discord.bot.id, { deny: ManageMessages });
  const theirs = await ann.says(general, "x");
  await expect(channel.messages.delete(theirs.id)).rejects.toMatchObject({ code: 50013 });
  await (await channel.send("mine")).delete();
  await expect(ann.deletes({ ...theirs, id: (await channel.send("again")).id })).rejects.toMatchObject({
    code: 50013,
  });
});

test("overwrites are applied in Discord's order: everyone, roles together, member", async () => {
  const { general, discord, client } = await connectedBot();
  const muted = discord.guild.addRole("muted");
  const loud = discord.guild.addRole("loud");
  const bob = discord.addMember("bob", { roles: [muted, loud] });
  const { guild } = discord;
  guild.setOverwrite(general, guild.id, { deny: SendMessages });
  await expect(bob.says(general, "1")).rejects.toMatchObject({ code: 50013 });
  guild.setOverwrite(general, muted, { deny: SendMessages });
  guild.setOverwrite(general, loud, { allow: SendMessages });
  await bob.says(general, "a role's allow outweighs another's deny");
  guild.setOverwrite(general, bob, { deny: SendMessages });
  await expect(bob.says(general, "2")).rejects.toMatchObject({ code: 50013 });
  const channel = (await client.channels.fetch(general.id, { force: true })) as TextChannel;
  const member = await channel.guild.members.fetch(bob.id);
  expect(channel.permissionsFor(member).has("SendMessages")).toBe(false);
  guild.setRolePermissions(loud, Administrator);
  await bob.says(general, "an administrator may everything");
});

test("a member in time-out may read but not write", async () => {
  const { ann, general, client, discord } = await connectedBot();
  const guild = await client.guilds.fetch(discord.guild.id);
  const member = await guild.members.fetch(ann.id);
  await member.timeout(60_000);
  await expect(ann.says(general, "x")).rejects.toMatchObject({ code: 50013 });
  await member.timeout(null);
  await ann.says(general, "x");
});

test("the bot sets overwrites, and permissions as text come back as text", async () => {
  const { ann, general, client, discord } = await connectedBot();
  const channel = (await client.channels.fetch(general.id)) as TextChannel;
  await channel.guild.members.fetch(ann.id);
  await channel.permissionOverwrites.edit(ann.id, { SendMessages: false });
  await expect(ann.says(general, "x")).rejects.toMatchObject({ code: 50013 });
  const fetched = (await createRest(discord).get(`/channels/${general.id}`)) as {
    permission_overwrites: unknown[];
  };
  expect(fetched.permission_overwrites).toEqual([
    { id: ann.id, type: 1, allow: "0", deny: String(SendMessages) },
  ]);
  await channel.permissionOverwrites.delete(ann.id);
  await ann.says(general, "x");
});

test("roles are made, given and taken; members join and leave", async () => {
  const { ann, client, discord } = await connectedBot();
  const guild = await client.guilds.fetch(discord.guild.id);
  const role = await guild.roles.create({
    name: "dev",
    permissions: new PermissionsBitField(ManageMessages),
  });
  const member = await guild.members.fetch(ann.id);
  expect((await member.roles.add(role)).roles.cache.has(role.id)).toBe(true);
  expect((await member.roles.remove(role)).roles.cache.has(role.id)).toBe(false);
  const joined = nextEvent<GuildMember>(client, "guildMemberAdd");
  const bob = discord.addMember("bob");
  expect((await joined).id).toBe(bob.id);
  const left = nextEvent<GuildMember>(client, "guildMemberRemove");
  await guild.members.kick(bob.id);
  expect((await left).id).toBe(bob.id);
  await expect(guild.members.fetch({ user: bob.id, force: true })).rejects.toMatchObject({ code: 10007 });
  await guild.members.ban(ann.id);
  expect((await guild.bans.fetch()).has(ann.id)).toBe(true);
});

test("channels are made, changed and deleted", async () => {
  const { client, discord } = await connectedBot();
  const guild = await client.guilds.fetch(discord.guild.id);
  const made = await guild.channels.create({ name: "new", topic: "t" });
  expect((await made.setTopic("changed")).topic).toBe("changed");
  expect([...(await guild.channels.fetch()).keys()]).toContain(made.id);
  const deleted = nextEvent<TextChannel>(client, "channelDelete");
  await made.delete();
  expect((await deleted).id).toBe(made.id);
  discord.guild.setBotPermissions(ViewChannel);
  await expect(guild.channels.create({ name: "x" })).rejects.toMatchObject({ code: 50013 });
});

test("a channel that is made in a category has its permissions, and a name as Discord writes it", async () => {
  const { client, discord, ann } = await connectedBot();
  const category = discord.addChannel("Projects", { type: ChannelType.GuildCategory });
  discord.guild.setOverwrite(category, ann, { deny: ViewChannel });
  const guild = await client.guilds.fetch(discord.guild.id);
  const made = await guild.channels.create({ name: "My Web", parent: category.id });
  expect(made.name).toBe("my-web");
  expect(made.parentId).toBe(category.id);
  expect(made.permissionOverwrites.cache.has(ann.id)).toBe(true);
  for (let held = 1; held < 50; held += 1) discord.addChannel(`c${held}`, { parent: category });
  await expect(guild.channels.create({ name: "x", parent: category.id })).rejects.toMatchObject({
    code: 50035,
  });
  await expect(guild.channels.create({ name: "x", parent: made.id })).rejects.toMatchObject({ code: 50035 });
  discord.guild.setOverwrite(category, discord.bot, { deny: PermissionFlagsBits.ManageChannels });
  await expect(guild.channels.create({ name: "x", parent: category.id })).rejects.toMatchObject({
    code: 50013,
  });
});
