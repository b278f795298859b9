import { CoordError } from "../../core/operations/errors.ts";
import { inviteUrl, NEEDED_PERMISSIONS } from "../../discord/setup/needed-permissions.ts";
import type { Named } from "../../discord/setup/setup.ts";
import { channelIdIn } from "../project/channel-id.ts";
import type { Terminal } from "../terminal.ts";
import type { Asker } from "./asker.ts";
import { type Connection, waitMsOf } from "./connect.ts";
import type { InitOptions } from "./init-options.ts";
import type { Talk } from "./talk.ts";
import { until } from "./until.ts";

/** Sees to it that the bot has joined a guild, and settles on one. */
export async function chooseGuild(
  options: InitOptions,
  { setup, bot }: Connection,
  asker: Asker,
  talk: Talk,
  terminal: Terminal,
): Promise<Named> {
  talk.part("Your server");
  const waitMs = waitMsOf(options, asker);
  const invite = inviteUrl(bot.id);
  const joined = async () => {
    const guilds = await setup.guilds();
    return guilds.length > 0 ? guilds : undefined;
  };
  let guilds = await joined();
  if (guilds === undefined && waitMs > 0) {
    talk.say(
      `${bot.name} is in no server yet. Open this link, choose your server, and press Authorize:\n\n    ${invite}\n\n` +
        "It asks for what the bot does in a channel, and nothing else:\n" +
        `${inLines(NEEDED_PERMISSIONS.map(({ title }) => title))}\nI look every other second. Ctrl-C ends.`,
    );
    guilds = await until(joined, { waitMs, terminal });
  }
  if (guilds === undefined) {
    throw new CoordError(
      "discord_refused",
      `${bot.name} is in no server yet. Invite it, then run this again (or give --wait 5m):\n  ${invite}`,
    );
  }
  const guild = await settle(options, setup, guilds, asker);
  talk.good(`${bot.name} is in ${guild.name}.`);
  return guild;
}

/** Four on a line. */
function inLines(words: readonly string[]): string {
  const lines = words.flatMap((_, index) =>
    index % 4 === 0 ? [words.slice(index, index + 4).join(", ")] : [],
  );
  return lines.map((line) => `  ${line}`).join(",\n");
}

async function settle(
  options: InitOptions,
  setup: Connection["setup"],
  guilds: readonly Named[],
  asker: Asker,
): Promise<Named> {
  const names = guilds.map(({ name, id }) => `${name} (${id})`).join(", ");
  const [only] = guilds;
  if (options.guild !== undefined) {
    const wanted = guilds.filter(({ id, name }) => id === options.guild || name === options.guild);
    const [found] = wanted;
    if (found !== undefined && wanted.length === 1) return found;
    const why = wanted.length > 1 ? "there are several of that name; give the id" : "the bot is not in it";
    throw new CoordError("usage", `--guild ${options.guild}: ${why}. The bot is in: ${names}.`);
  }
  if (guilds.length === 1 && only !== undefined) return only;
  const channelId = options.channel === undefined ? undefined : channelIdIn(options.channel);
  const ofChannel = channelId === undefined ? undefined : await setup.guildOf(channelId);
  const id = await asker.answer({
    given: ofChannel,
    flag: `--guild (the bot is in: ${names})`,
    ask: (prompts) =>
      prompts.choose(
        "Which server?",
        guilds.map(({ id, name }) => ({ value: id, name })),
      ),
  });
  const found = guilds.find((guild) => guild.id === id);
  if (found !== undefined) return found;
  throw new CoordError("usage", `--channel ${options.channel}: the bot is not in that server.`);
}
