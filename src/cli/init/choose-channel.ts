import type { ConfiguredProject } from "../../config/config.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { Named, SetupChannel } from "../../discord/setup/setup.ts";
import { channelIdIn } from "../project/channel-id.ts";
import type { Terminal } from "../terminal.ts";
import type { Asker } from "./asker.ts";
import { type Connection, waitMsOf } from "./connect.ts";
import type { InitOptions } from "./init-options.ts";
import type { Talk } from "./talk.ts";
import { until } from "./until.ts";

/** Settles on a channel in which the bot has the permissions that it can't do without. */
export async function chooseChannel(
  options: InitOptions,
  { setup, projects }: { setup: Connection["setup"]; projects: readonly ConfiguredProject[] },
  guild: Named,
  asker: Asker,
  talk: Talk,
  terminal: Terminal,
): Promise<SetupChannel> {
  const channels = await setup.channels(guild.id);
  const given = options.channel === undefined ? undefined : givenChannel(options.channel, channels, guild);
  const id = await asker.answer({
    given: given?.id,
    flag: `--channel (there are: ${channels.map(({ name }) => `#${name}`).join(", ") || "none"})`,
    recommended: channels.length === 1 ? channels[0]?.id : undefined,
    ask: (prompts) => {
      talk.say(
        "Each channel is one project: what people say there goes to Claude, in that project's folder.",
      );
      if (channels.length === 0)
        talk.careful(`${guild.name} has no channel yet. Make one, then type its name.`);
      return prompts.search("Which channel? Type to search:", async (typed) => {
        // A channel that somebody makes meanwhile is found too.
        const found = typed === "" ? await setup.channels(guild.id) : channels;
        return found
          .filter(({ name }) => name.includes(typed.replace(/^#/, "").toLowerCase()))
          .map(shown(projects));
      });
    },
  });
  const channel = [...channels, ...(await setup.channels(guild.id))].find((each) => each.id === id);
  if (channel === undefined) throw new CoordError("usage", `There is no channel ${id} in ${guild.name}.`);
  return withPermissions(channel, { options, setup, guild, asker, talk, terminal });
}

function givenChannel(written: string, channels: readonly SetupChannel[], guild: Named): SetupChannel {
  const id = channelIdIn(written);
  const name = written.trim().replace(/^#/, "");
  const wanted = channels.filter((channel) => channel.id === id || channel.name === name);
  const [found] = wanted;
  if (found !== undefined && wanted.length === 1) return found;
  if (wanted.length > 1) {
    const ids = wanted.map((channel) => channel.id).join(", ");
    throw new CoordError("usage", `--channel ${written}: there are several; give the id: ${ids}.`);
  }
  const names = channels.map((channel) => `#${channel.name}`).join(", ");
  throw new CoordError(
    "usage",
    `--channel ${written}: there is none like that in ${guild.name}. There are: ${names}.`,
  );
}

function shown(projects: readonly ConfiguredProject[]) {
  return ({ id, name, category, missing }: SetupChannel) => {
    const project = projects.find(({ channelId }) => channelId === id);
    const titles = missing.map(({ title }) => title).join(", ");
    const notes = [
      ...(project === undefined ? [] : [`the project ${project.name}`]),
      ...(missing.length === 0 ? [] : [`the bot lacks: ${titles}`]),
    ];
    const where = category === undefined ? undefined : `under ${category}`;
    const note = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
    return { value: id, name: `#${name}${note}`, description: where };
  };
}

/** Waits until a person has allowed what is essential; what else is missing is told. */
async function withPermissions(
  channel: SetupChannel,
  context: {
    options: InitOptions;
    setup: Connection["setup"];
    guild: Named;
    asker: Asker;
    talk: Talk;
    terminal: Terminal;
  },
): Promise<SetupChannel> {
  const { options, setup, guild, asker, talk, terminal } = context;
  const essential = ({ missing }: SetupChannel) => missing.filter((each) => each.essential);
  let seen = channel;
  if (essential(channel).length > 0) {
    const waitMs = waitMsOf(options, asker);
    const titles = essential(channel).map(({ title, without }) => `  - ${title}: without it ${without}`);
    const how =
      `In Discord: settings of #${channel.name}, Permissions, add the bot or its role, and allow:\n` +
      titles.join("\n");
    if (waitMs > 0) talk.say(`${how}\n  I look every other second. Ctrl-C ends.`);
    const allowed = await until(
      async () => {
        const now = (await setup.channels(guild.id)).find(({ id }) => id === channel.id);
        return now !== undefined && essential(now).length === 0 ? now : undefined;
      },
      { waitMs, terminal },
    );
    if (allowed === undefined) {
      throw new CoordError("discord_refused", `The bot lacks permissions in #${channel.name}. ${how}`);
    }
    seen = allowed;
  }
  for (const { title, without } of seen.missing) {
    talk.careful(`${title} is missing in #${seen.name}: ${without}.`);
  }
  if (seen.missing.length === 0) talk.good(`The bot has all permissions that it needs in #${seen.name}.`);
  return seen;
}
