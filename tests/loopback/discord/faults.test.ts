import { expect, test } from "vitest";
import { connectedBot, createRest, startDiscord } from "./connected-bot.ts";

test("a server error on demand is retried by discord.js, and only what was asked for fails", async () => {
  const { discord, general, channel } = await connectedBot();
  discord.faults.failNext({ method: "POST", path: /\/messages$/, status: 502, times: 2 });
  const sent = await channel.send("through");
  expect(discord.messages(general).map((message) => message.id)).toEqual([sent.id]);
  const statuses = discord.requests
    .filter(({ route }) => route === "/channels/:channelId/messages")
    .map(({ status }) => status);
  expect(statuses).toEqual([502, 502, 200]);
});

test("an answer can be lost after the request took effect", async () => {
  const { discord, general, channel } = await connectedBot();
  discord.faults.failNext({ method: "POST", path: /\/messages$/, status: 500, afterTakingEffect: true });
  const nonce = "turn-1";
  const sent = await channel.send({ content: "once", nonce, enforceNonce: true });
  expect(sent.nonce).toBe(nonce);
  expect(discord.messages(general).map((message) => message.content)).toEqual(["once"]);
});

test("a dropped connection reaches the client as a network error", async () => {
  const discord = await startDiscord();
  discord.faults.failNext({ status: "drop" });
  await expect(createRest(discord).get("/users/@me")).rejects.toThrow();
  expect(discord.requests.at(-1)).toMatchObject({ path: "/users/@me", status: undefined });
});

test("a request can hang until its client gives up", async () => {
  const discord = await startDiscord();
  discord.faults.failNext({ method: "GET", status: "hang" });
  const asked = createRest(discord).get("/users/@me", { signal: AbortSignal.timeout(200) });
  await expect(asked).rejects.toThrow(/abort|timeout/i);
});

test.each([{ global: false }, { global: true }])(
  "discord.js waits as long as a 429 asks (global: $global)",
  async ({ global }) => {
    const { discord, channel } = await connectedBot();
    discord.faults.failNext({ path: /\/messages$/, status: 429, retryAfterMs: 300, global });
    const limited: boolean[] = [];
    channel.client.rest.on("rateLimited", (info) => limited.push(info.global));
    const startMs = performance.now();
    await channel.send("later");
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(295);
    expect(limited).toEqual([global]);
    expect(discord.rateLimited).toEqual([]);
  },
);

test("with rate limits discord.js reads the headers and never breaks a limit", async () => {
  const { discord, general, channel } = await connectedBot({ rateLimits: true });
  await Promise.all(Array.from({ length: 7 }, (_, index) => channel.send(`message ${index}`)));
  expect(discord.messages(general)).toHaveLength(7);
  expect(discord.rateLimited).toEqual([]);
}, 20_000);

test("who does not heed the limit gets 429 with the time to wait, in this channel only", async () => {
  const discord = await startDiscord({ rateLimits: true });
  const [first, second] = [discord.addChannel("first"), discord.addChannel("second")];
  const post = (channelId: string) =>
    fetch(`${discord.apiUrl}/v10/channels/${channelId}/messages`, {
      method: "POST",
      headers: { Authorization: `Bot ${discord.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ content: "x" }),
    });
  const remaining: (string | null)[] = [];
  for (let count = 0; count < 5; count += 1) {
    remaining.push((await post(first.id)).headers.get("X-RateLimit-Remaining"));
  }
  expect(remaining).toEqual(["4", "3", "2", "1", "0"]);
  const refused = await post(first.id);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThanOrEqual(4);
  expect(await refused.json()).toMatchObject({ global: false, retry_after: expect.any(Number) });
  expect((await post(second.id)).status).toBe(200);
  expect(discord.rateLimited).toHaveLength(1);
});

test("every answered request is told of with its route, body and status", async () => {
  const { discord, general, channel } = await connectedBot();
  const heard: unknown[] = [];
  discord.onRequest((record) => heard.push(record));
  await channel.send("hello");
  expect(heard).toEqual([
    expect.objectContaining({
      method: "POST",
      path: `/channels/${general.id}/messages`,
      route: "/channels/:channelId/messages",
      body: expect.objectContaining({ content: "hello" }),
      status: 200,
      authorized: true,
    }),
  ]);
});

test("an answer can be slow", async () => {
  const { discord, channel } = await connectedBot();
  discord.faults.failNext({ path: /\/messages$/, status: "slow", delayMs: 150 });
  const startMs = performance.now();
  await channel.send("slow");
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(145);
});

test("a thread is renamed twice in ten minutes and no more, and no header warns of it", async () => {
  const { discord } = await connectedBot({ rateLimits: true });
  const channel = discord.addChannel("renamed");
  const rename = (name: string) =>
    fetch(`${discord.apiUrl}/v10/channels/${channel.id}`, {
      method: "PATCH",
      headers: { Authorization: `Bot ${discord.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ name }),
    });
  expect((await rename("one")).status).toBe(200);
  expect((await rename("two")).headers.get("X-RateLimit-Remaining")).toBe("3");
  const refused = await rename("three");
  expect(refused.status).toBe(429);
  expect(refused.headers.get("X-RateLimit-Scope")).toBe("shared");
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(500);
});

test("more than fifty requests in a second break the global limit", async () => {
  const discord = await startDiscord({ rateLimits: true, now: () => 1_700_000_000_000 });
  const get = () =>
    fetch(`${discord.apiUrl}/v10/users/@me`, { headers: { Authorization: `Bot ${discord.token}` } });
  const responses = await Promise.all(Array.from({ length: 51 }, get));
  const refused = responses.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(1);
  expect(refused[0]?.headers.get("X-RateLimit-Global")).toBe("true");
  expect(await refused[0]?.json()).toMatchObject({ global: true });
});
