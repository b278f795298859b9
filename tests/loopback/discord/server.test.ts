import { PermissionFlagsBits } from "discord.js";
import { expect, test } from "vitest";
import { startLoopbackDiscord } from "../../../src/loopback/discord/server.ts";
import { connectedBot, createClient, createRest, nextEvent, startDiscord } from "./connected-bot.ts";

test("after stop nothing listens, nothing waits and nothing is connected", async () => {
  const servers = () => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
  const before = servers();
  const discord = await startLoopbackDiscord();
  const client = createClient(discord);
  const ready = nextEvent(client, "clientReady");
  await client.login(discord.token);
  await ready;
  const waiting = expect(discord.until(() => false, { describe: "what never comes" })).rejects.toThrow(
    "stopped while waiting for what never comes",
  );
  await client.destroy();
  await discord.stop();
  await waiting;
  await expect.poll(servers).toBe(before);
  await expect(fetch(discord.apiUrl)).rejects.toThrow("fetch failed");
});

test("stop ends requests that hang", async () => {
  const discord = await startLoopbackDiscord();
  discord.faults.failNext({ status: "hang" });
  const hanging = expect(createRest(discord).get("/users/@me")).rejects.toThrow();
  await discord.until(() => discord.requests.length === 1);
  await discord.stop();
  await hanging;
});

test("a wait that is in vain says what for, and what was requested last", async () => {
  const { ann, general, channel } = await connectedBot();
  const asked = await ann.says(general, "anyone?");
  await channel.sendTyping();
  const waiting = ann.waitsForReply(asked, { timeoutMs: 50 });
  await expect(waiting).rejects.toThrow(
    /in vain for the bot's reply to "anyone\?"[\s\S]*POST .*\/typing 204/,
  );
});

test("a wait gives what the condition gave, as soon as it does", async () => {
  const { discord, ann, general } = await connectedBot();
  const found = discord.until(() => discord.messages(general).find(({ content }) => content === "now"));
  await ann.says(general, "now");
  expect((await found).author.id).toBe(ann.id);
});

test("a reply is waited for until it is as it should be", async () => {
  const { ann, general, channel } = await connectedBot();
  const asked = await ann.says(general, "count");
  const done = ann.waitsForReply(asked, { done: (replies) => replies.at(-1)?.content === "2" });
  const sent = await channel.send("1");
  await sent.edit("2");
  expect((await done).map(({ content }) => content)).toEqual(["2"]);
});

test("two loopback Discords know nothing of each other, and a port can be chosen", async () => {
  const first = await startDiscord();
  const second = await startDiscord();
  await expect(
    createRest({ apiUrl: first.apiUrl, token: second.token }).get("/users/@me"),
  ).rejects.toMatchObject({ status: 401 });
  await expect(startLoopbackDiscord({ port: first.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("every change can be listened to, with who alone sees it", async () => {
  const { discord, ann, general } = await connectedBot();
  const types: string[] = [];
  const stopListening = discord.onChange(({ type }) => types.push(type));
  const message = await ann.says(general, "x");
  await ann.edits(message, "y");
  await ann.reacts(message, "👍");
  await ann.types(general);
  await ann.deletes(message);
  stopListening();
  await ann.says(general, "unheard");
  expect(types).toEqual([
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_REACTION_ADD",
    "TYPING_START",
    "MESSAGE_DELETE",
  ]);
});

test("a person sees nothing of a channel that is hidden from them", async () => {
  const { discord, ann, general } = await connectedBot();
  const message = await ann.says(general, "x");
  discord.guild.setOverwrite(general, ann, { deny: PermissionFlagsBits.ViewChannel });
  expect(ann.sees(general)).toEqual([]);
  await expect(ann.edits(message, "y")).rejects.toMatchObject({ code: 50001 });
});
