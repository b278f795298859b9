import { readFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import { tokenSlip } from "../../config/token.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { createDiscordSetup, type DiscordSetup, type SetupBot } from "../../discord/setup/setup.ts";
import { SERVICE_DEFAULTS } from "../service/service-options.ts";
import type { Terminal } from "../terminal.ts";
import type { Asker } from "./asker.ts";
import type { InitOptions } from "./init-options.ts";
import type { Place } from "./place.ts";
import type { Talk } from "./talk.ts";
import { until } from "./until.ts";

/** The bot, as Discord knows it. */
export interface Connection {
  readonly setup: DiscordSetup;
  readonly bot: SetupBot;
  readonly apiUrl: string;
  /** The token, when it is not the one that is kept already. */
  readonly newToken: string | undefined;
}

/** Gets a token that Discord accepts, and sees to it that the bot may read messages. */
export async function connect(
  options: InitOptions,
  place: Place,
  asker: Asker,
  talk: Talk,
  terminal: Terminal,
): Promise<Connection> {
  const apiUrl = options.apiUrl ?? place.existing?.discord.apiUrl ?? DISCORD;
  if (!/^https?:\/\/[^\s/]+/.test(apiUrl)) {
    throw new CoordError(
      "usage",
      `--api-url ${apiUrl}: expected an http or https address, such as ${DISCORD}.`,
    );
  }
  talk.part("The bot's account");
  const kept = keptToken(place);
  const given = await givenToken(options, terminal);
  const first = given ?? ((await keepsBot(kept, apiUrl, asker, talk)) ? kept : undefined);
  const { token, setup, bot } =
    first === undefined ? await askToken(apiUrl, asker, talk) : await logIn(first, apiUrl);
  talk.good(`Discord knows the bot as ${bot.name}.`);
  const seen = bot.messageContent
    ? bot
    : await untilIntent(setup, bot, { waitMs: waitMsOf(options, asker), talk, terminal });
  talk.good("It may read messages: the Message Content intent is on.");
  return { setup, bot: seen, apiUrl, newToken: token === kept ? undefined : token };
}

/** How long a click in Discord is waited for. */
export function waitMsOf({ waitMs }: InitOptions, { asks }: Asker): number {
  return waitMs ?? (asks ? Number.POSITIVE_INFINITY : 0);
}

const DISCORD = "https://discord.com/api";
const PORTAL = "https://discord.com/developers/applications";

function keptToken({ existing, service }: Place): string | undefined {
  if (existing !== undefined && existing.discord.token !== "") return existing.discord.token;
  if (service !== "system") return undefined;
  try {
    return readFileSync(SERVICE_DEFAULTS.tokenFile, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

async function givenToken(options: InitOptions, terminal: Terminal): Promise<string | undefined> {
  const fromStdin = options.tokenStdin ? (await readAll(terminal.stdin)).trim() : undefined;
  const token = fromStdin ?? (terminal.env.DISCORD_TOKEN?.trim() || undefined);
  if (token === undefined) return undefined;
  const slip = tokenSlip(token);
  if (slip !== undefined) {
    throw new CoordError(
      "token_missing",
      `${options.tokenStdin ? "--token-stdin" : "DISCORD_TOKEN"}: ${slip}.`,
    );
  }
  return token;
}

/** Whether the bot that is configured stays; one that Discord no longer accepts does not. */
async function keepsBot(
  token: string | undefined,
  apiUrl: string,
  asker: Asker,
  talk: Talk,
): Promise<boolean> {
  if (token === undefined) return false;
  try {
    const { bot } = await logIn(token, apiUrl);
    return !asker.asks || (await asker.prompts.confirm(`Go on with the bot ${bot.name}?`, true));
  } catch (error) {
    if (!asker.asks || !isRefused(error)) throw error;
    talk.careful("Discord no longer accepts the token that is configured.");
    return false;
  }
}

async function askToken(apiUrl: string, asker: Asker, talk: Talk) {
  if (!asker.asks) {
    throw new CoordError(
      "usage",
      "The bot's token is missing. Give it by --token-stdin or DISCORD_TOKEN; never as a word of the command line.",
    );
  }
  talk.say(
    `Open this page, in a browser on any machine, and log in:\n\n    ${PORTAL}\n\n` +
      "  1. New Application. Its name is the bot's name; people will mention it.\n" +
      "  2. On its page Bot: switch on Message Content Intent, and Save Changes.\n" +
      "  3. On the same page: Reset Token, and Copy.\n",
  );
  for (;;) {
    const token = await asker.prompts.secret("The bot's token:", tokenSlip);
    try {
      return await logIn(token, apiUrl);
    } catch (error) {
      if (!isRefused(error)) throw error;
      talk.careful(
        "Discord does not accept this token. It is shown only once: press Reset Token again and copy the new one.",
      );
    }
  }
}

async function logIn(token: string, apiUrl: string) {
  const setup = createDiscordSetup({ token, apiUrl, now: Date.now });
  return { token, setup, bot: await setup.bot() };
}

function isRefused(error: unknown): boolean {
  return error instanceof CoordError && error.code === "token_refused";
}

async function untilIntent(
  setup: DiscordSetup,
  { id }: SetupBot,
  { waitMs, talk, terminal }: { waitMs: number; talk: Talk; terminal: Terminal },
): Promise<SetupBot> {
  const where = `${PORTAL}/${id}/bot`;
  const how = `Switch on Message Content Intent, and press Save Changes, here:\n\n    ${where}\n`;
  if (waitMs > 0) {
    talk.careful("The bot may not read messages yet: without that it can't see what people ask.");
    talk.say(`${how}\nI look every other second. Ctrl-C ends.`);
  }
  const look = async () => {
    const bot = await setup.bot();
    return bot.messageContent ? bot : undefined;
  };
  const found = await until(look, { waitMs, terminal });
  if (found !== undefined) return found;
  throw new CoordError(
    "intent_missing",
    `The Message Content intent is off: the bot can't read what people ask. ${how.trimEnd()}`,
  );
}
