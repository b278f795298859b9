import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { GatewayIntentBits, type Message } from "discord.js";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { connectedBot, createClient, createRest, nextEvent, startDiscord } from "./connected-bot.ts";

test("READY and GUILD_CREATE give the bot its guild, channels and roles", async () => {
  const { discord, client, general } = await connectedBot();
  expect(client.user?.id).toBe(discord.bot.id);
  const guild = client.guilds.cache.get(discord.guild.id);
  expect(guild?.name).toBe(discord.guild.name);
  expect(guild?.ownerId).toBe(discord.owner.id);
  expect(guild?.channels.cache.get(general.id)?.name).toBe("general");
  expect(guild?.members.me?.permissionsIn(general.id).has("SendMessages")).toBe(true);
  expect([...(guild?.members.cache.keys() ?? [])]).toEqual([discord.bot.id]);
});

test("a wrong token is refused by REST with 401 and by the gateway with 4004", async () => {
  const discord = await startDiscord();
  await expect(createClient(discord).login("wrong.token.here")).rejects.toMatchObject({
    message: expect.stringContaining("invalid token"),
  });
  await expect(createRest({ ...discord, token: "wrong" }).get("/users/@me")).rejects.toMatchObject({
    status: 401,
  });
  const closed = await gatewayCloseCode(discord, {
    op: 2,
    d: { token: "wrong", intents: 1, properties: {} },
  });
  expect(closed).toBe(4004);
});

test("an intent that is not turned on closes the gateway with 4014, an unknown one with 4013", async () => {
  const discord = await startDiscord({ messageContentAllowed: false });
  await expect(
    createClient(discord, [GatewayIntentBits.MessageContent]).login(discord.token),
  ).rejects.toThrow("disallowed intents");
  const { token } = discord;
  expect(await gatewayCloseCode(discord, { op: 2, d: { token, intents: 1 << 30, properties: {} } })).toBe(
    4013,
  );
});

test.each([
  [{ op: 99, d: null }, 4001],
  ["no json", 4002],
  [{ op: 3, d: {} }, 4003],
] as const)("the frame %j closes the gateway with %i", async (frame, code) => {
  expect(await gatewayCloseCode(await startDiscord(), frame)).toBe(code);
});

test("without the Message Content intent other people's messages come empty, but for mentions and DMs", async () => {
  const { Guilds, GuildMessages, DirectMessages } = GatewayIntentBits;
  const { ann, general, client, channel } = await connectedBot({ messageContentAllowed: false }, [
    Guilds,
    GuildMessages,
    DirectMessages,
  ]);
  const seen: string[] = [];
  client.on("messageCreate", (message: Message) => seen.push(message.content));
  const hidden = await ann.says(general, "secret", { attachments: [{ name: "a.txt", data: "a" }] });
  await ann.says(general, "open", { mention: true });
  await ann.says(ann.dm, "private");
  await channel.send("own");
  await expect.poll(() => seen).toEqual(["", expect.stringContaining("open"), "private", "own"]);
  const fetched = await channel.messages.fetch({ message: hidden.id, force: true });
  expect(fetched.content).toBe("");
  expect(fetched.attachments.size).toBe(0);
});

test("a session without an intent does not hear of what it covers", async () => {
  const { ann, general, client } = await connectedBot({}, [
    GatewayIntentBits.Guilds,
    GatewayIntentBits.GuildMessages,
  ]);
  const types: (string | undefined)[] = [];
  client.on("raw", (packet: { t?: string }) => types.push(packet.t));
  await ann.types(general);
  const message = await ann.says(general, "x");
  await ann.reacts(message, "👍");
  await ann.says(ann.dm, "x");
  await ann.edits(message, "y");
  await expect.poll(() => types.at(-1)).toBe("MESSAGE_UPDATE");
  expect(types).toEqual(["MESSAGE_CREATE", "MESSAGE_UPDATE"]);
});

test("after its socket is cut the bot resumes and gets what happened meanwhile", async () => {
  const { discord, ann, general, client } = await connectedBot();
  const seen: string[] = [];
  client.on("messageCreate", (message: Message) => seen.push(message.content));
  const resumed = nextEvent(client, "shardResume");
  discord.faults.dropSockets();
  await ann.says(general, "missed 1");
  await ann.says(general, "missed 2");
  await resumed;
  await expect.poll(() => seen).toEqual(["missed 1", "missed 2"]);
});

test("op 7 makes the bot reconnect and resume", async () => {
  const { discord, ann, general, client } = await connectedBot();
  const resumed = nextEvent(client, "shardResume");
  discord.faults.requestReconnect();
  await resumed;
  const created = nextEvent<Message>(client, "messageCreate");
  await ann.says(general, "after");
  expect((await created).content).toBe("after");
});

test("a session that is invalid is replaced by a new one, without what happened meanwhile", async () => {
  const { discord, ann, general, client } = await connectedBot();
  const seen: string[] = [];
  client.on("messageCreate", (message: Message) => seen.push(message.content));
  discord.faults.forgetSessions();
  const ready = nextEvent(client, "shardReady");
  discord.faults.dropSockets();
  await ann.says(general, "lost");
  await ready;
  await ann.says(general, "heard");
  await expect.poll(() => seen).toEqual(["heard"]);
}, 20_000);

test("a session waits five minutes for its bot, and no longer", async () => {
  let nowMs = Date.now();
  const { discord, client } = await connectedBot({ now: () => nowMs });
  const ready = nextEvent(client, "shardReady");
  discord.faults.dropSockets();
  nowMs += 6 * 60_000;
  await ready;
}, 20_000);

test("op 9 makes the bot identify anew", async () => {
  const { discord, client } = await connectedBot();
  const ready = nextEvent(client, "shardReady");
  discord.faults.invalidateSessions({ resumable: false });
  await ready;
}, 20_000);

test("a bot whose heartbeats are not acknowledged reconnects by itself", async () => {
  const { discord, client } = await connectedBot({ heartbeatIntervalMs: 200 });
  discord.faults.withholdHeartbeats(true);
  const resumed = nextEvent(client, "shardResume");
  await nextEvent(client, "shardReconnecting");
  discord.faults.withholdHeartbeats(false);
  await resumed;
});

test("after a network outage the bot resumes on the same port and gets what happened meanwhile", async () => {
  const { discord, ann, general, client, channel } = await connectedBot();
  const seen: string[] = [];
  client.on("messageCreate", (message: Message) => seen.push(message.content));
  const reconnecting = nextEvent(client, "shardReconnecting");
  await discord.faults.goAway();
  await reconnecting;
  await expect(fetch(`${discord.apiUrl}/v10/gateway`)).rejects.toThrow("fetch failed");
  await ann.says(general, "during the outage");
  await discord.faults.comeBack();
  await expect.poll(() => seen, { timeout: 15_000 }).toEqual(["during the outage"]);
  expect((await channel.send("back")).id).toMatch(/^\d+$/);
}, 30_000);

test("a second client of the same bot has a session of its own", async () => {
  const { discord, ann, general, client } = await connectedBot();
  const second = createClient(discord);
  const ready = nextEvent(second, "clientReady");
  await second.login(discord.token);
  await ready;
  const both = Promise.all([
    nextEvent<Message>(client, "messageCreate"),
    nextEvent<Message>(second, "messageCreate"),
  ]);
  await ann.says(general, "to both");
  expect((await both).map((message) => message.content)).toEqual(["to both", "to both"]);
});

test("members come by REST and by the gateway on request", async () => {
  const { discord, ann, client } = await connectedBot();
  const guild = client.guilds.cache.get(discord.guild.id);
  const members = await guild?.members.fetch();
  expect(members?.has(ann.id)).toBe(true);
  expect(members?.size).toBe(3);
});

test("the server listens on the loopback address only", async () => {
  const discord = await startDiscord();
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address !== undefined && !address.internal && address.family === "IPv4");
  expect(new URL(discord.apiUrl).hostname).toBe("127.0.0.1");
  expect(await accepts("127.0.0.1", discord.port)).toBe(true);
  // Every 127.x address is this machine too, so it tells on a machine without a network whether all are bound.
  expect(await accepts("127.0.0.2", discord.port)).toBe(false);
  for (const address of outside) expect(await accepts(address?.address ?? "", discord.port)).toBe(false);
});

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    onTestFinished(() => {
      socket.destroy();
    });
  });
}

/** Sends one frame after HELLO and gives the code with which the server closes. */
function gatewayCloseCode(discord: { port: number }, frame: unknown): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${discord.port}/gateway?v=10&encoding=json`);
  onTestFinished(() => socket.terminate());
  socket.once("message", () => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)));
  return new Promise((resolve, reject) => {
    socket.once("close", resolve);
    socket.once("error", reject);
  });
}
