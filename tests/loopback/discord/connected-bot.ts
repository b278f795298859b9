import { once } from "node:events";
import { Client, GatewayIntentBits, Partials, REST } from "discord.js";
import { onTestFinished } from "vitest";
import { type LoopbackDiscordOptions, startLoopbackDiscord } from "../../../src/loopback/discord/server.ts";
import { withApiDescription } from "../../support/api-description.ts";

const ALL_INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMembers,
  GatewayIntentBits.GuildModeration,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.GuildMessageTyping,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.DirectMessageReactions,
  GatewayIntentBits.DirectMessageTyping,
  GatewayIntentBits.MessageContent,
];

/** A loopback Discord that stops with the test, and whose every answer is held to Discord's API description. */
export async function startDiscord(options: LoopbackDiscordOptions = {}) {
  const discord = await startLoopbackDiscord(options);
  withApiDescription(discord, { refusedToo: false });
  onTestFinished(() => discord.stop());
  return discord;
}

/** An unpatched discord.js client for it, destroyed with the test. */
export function createClient(discord: { apiUrl: string }, intents = ALL_INTENTS): Client {
  const client = new Client({
    intents,
    partials: [Partials.Channel, Partials.Message, Partials.Reaction],
    rest: { api: discord.apiUrl },
  });
  client.on("error", () => {});
  onTestFinished(() => client.destroy());
  return client;
}

/** A loopback Discord with a channel, a person and a client that is ready. */
export async function connectedBot(options: LoopbackDiscordOptions = {}, intents = ALL_INTENTS) {
  const discord = await startDiscord(options);
  const general = discord.addChannel("general");
  const ann = discord.addMember("ann");
  const client = createClient(discord, intents);
  const ready = once(client, "clientReady");
  await client.login(discord.token);
  await ready;
  const channel = await client.channels.fetch(general.id);
  if (channel?.isSendable() !== true || channel.isDMBased()) throw new Error("general is no text channel");
  return { discord, general, ann, client, channel };
}

/** discord.js's REST client alone, without its retries. */
export function createRest(discord: { apiUrl: string; token: string }): REST {
  return new REST({ api: discord.apiUrl, retries: 0 }).setToken(discord.token);
}

/** The next event of a client, as its first argument. */
export async function nextEvent<T>(client: Client, event: string): Promise<T> {
  const [value] = (await once(client, event)) as [T];
  return value;
}
