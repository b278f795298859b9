import {
  type APIInteraction,
  type APIMessage,
  ApplicationCommandType,
  InteractionType,
  PermissionFlagsBits,
} from "discord-api-types/v10";
import { expect, test } from "vitest";
import { COMMANDS } from "../../src/discord/commands/definitions.ts";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { bash, play } from "../support/fake-steps.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 100_000 };
// More at once only on a machine that does nothing else: twenty agents that start keep two cores busy for a minute.
const TURNS = Number(process.env.TURNS_RUNNING ?? 5);

/** Each command as it is used once, and what stands in the answer to somebody who may. Nothing here ends a turn. */
const TABLE: Readonly<Record<string, { readonly options?: object; readonly allowed: RegExp }>> = {
  help: { allowed: /Mention me/ },
  stop: { allowed: /Nothing runs here/ },
  status: { allowed: /session/ },
  queue: { allowed: /Nothing runs or waits here/ },
  model: { allowed: /\*\*quiet\*\* uses/ },
  reset: { allowed: /There is no session/ },
  session: { allowed: /no session/i },
  compact: { allowed: /no session here yet/ },
  context: { allowed: /no session here yet/ },
  usage: { allowed: /./ },
  permissions: { allowed: /\*\*quiet\*\*: Claude asks/ },
  "add-project": { options: { project_name: "../x" }, allowed: /Adding|A project's name has/ },
  "remove-project": { allowed: /Remove the project quiet/ },
  "Ask Claude about this": { allowed: /^form$/ },
};

/** What each right's refusal says. */
const REFUSED = /You may not talk to Claude here|Manage Server permission|Administrator permission/;
const EPHEMERAL = 1 << 6;

test("no command is missing in the table of this test", () => {
  expect(Object.keys(TABLE).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
});

test(`with ${TURNS} turns running, each command answers within Discord's three seconds: an administrator, a member without the right, a stranger`, async () => {
  const { discord, model } = await realWorld();
  const quiet = discord.addChannel("quiet");
  const busy = Array.from({ length: TURNS }, (_, index) => discord.addChannel(`busy-${index}`));
  const olga = discord.addMember("olga", { permissions: PermissionFlagsBits.Administrator });
  const mallory = discord.addMember("mallory");
  const eve = discord.addMember("eve");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [quiet, ...busy].map(({ id, name }) => ({ name, channel_id: id, allowed_tools: ["Bash"] })),
    config: {
      access: { users: [olga.id] },
      claude: {
        max_agents: TURNS,
        env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "made-up-key" },
      },
    },
  });
  await fixture.start();
  for (const channel of busy) {
    await olga.says(channel, play(bash("tail -f /dev/null"), "Done."), { mention: true });
  }
  const running = () =>
    busy.filter((channel) => JSON.stringify(written(discord, channel)).includes("tail -f")).length;
  await expect.poll(running, PATIENCE).toBe(TURNS);
  const message = await olga.says(quiet, "the build fails");

  /** What somebody reads; `form` where one is opened. Rejects when no answer comes within three seconds. */
  const uses = async (person: Person, name: string, options = {}): Promise<APIMessage | "form"> => {
    const isMenu = COMMANDS.find((each) => each.name === name)?.type === ApplicationCommandType.Message;
    const interaction = isMenu
      ? await person.runsOn(quiet, name, message)
      : await person.runs(quiet, `/${name}`, options);
    await interaction.answered().catch((error: unknown) => {
      const known = discord.requests.filter(({ path }) => path.endsWith("/callback")).slice(-3);
      throw new Error(
        `${name} by ${person.username}: ${JSON.stringify(known)} ${JSON.stringify(fixture.log().slice(-4))}`,
        { cause: error },
      );
    });
    if (interaction.modal !== undefined) return "form";
    return (await interaction.waitsForReply({ timeoutMs: 30_000 }))[0]!;
  };

  for (const [name, { options = {}, allowed }] of Object.entries(TABLE)) {
    const answer = await uses(olga, name, options);
    expect(answer === "form" ? "form" : answer.content, name).toMatch(allowed);

    const refused = await uses(mallory, name, options);
    if (refused === "form") return expect.unreachable(`${name} opened a form for somebody who may not`);
    expect(refused.content, name).toMatch(REFUSED);
    expect(refused.flags! & EPHEMERAL, name).toBe(EPHEMERAL);

    // Somebody of no guild of ours, as a client of their own might say it.
    const command = [...discord.world.commands.values()].find((each) => each.name === name)!;
    const data = {
      id: command.id,
      name,
      type: command.type,
      options: [],
      ...(command.type === ApplicationCommandType.Message
        ? { target_id: message.id, resolved: { messages: { [message.id]: message } } }
        : {}),
    };
    const stranger = await eve.forges(quiet, {
      type: InteractionType.ApplicationCommand,
      data,
      altered: (told) => {
        const { member: _member, guild_id: _guild, guild: _whole, ...rest } = told as unknown as Told;
        return { ...rest, user: eve.user, context: 1 } as unknown as APIInteraction;
      },
    });
    await stranger.answered();
    expect(stranger.modal, name).toBeUndefined();
    const read = (await stranger.waitsForReply({ timeoutMs: 30_000 }))[0]!;
    expect(read.flags! & EPHEMERAL, name).toBe(EPHEMERAL);
    expect(read.content, name).not.toMatch(/Mention me|session/);
  }
  const late = discord.requests.filter(
    ({ path, status }) => path.endsWith("/callback") && (status ?? 0) >= 400,
  );
  expect(late).toEqual([]);
  expect(running()).toBe(TURNS);
});

interface Told {
  readonly member: object;
  readonly guild_id: string;
  readonly guild: object;
}
