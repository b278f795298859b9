import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { type APIMessage, ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { afterAll } from "vitest";
import type { Daemon } from "../../src/daemon/daemon.ts";
import { allComponents } from "../../src/loopback/discord/component-rules.ts";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { openDatabase } from "../../src/sqlite/database.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { written } from "../support/answers.ts";
import { type WholeDaemon, wholeDaemon } from "../support/whole-daemon.ts";

interface Place {
  readonly id: string;
}

/**
 * A guild in which everything that can be attacked stands open: answers that run, questions that wait, messages that
 * came too late. The project `web` is for who has the role, `vault` for sue alone.
 */
export interface Scene extends WholeDaemon {
  readonly daemon: Daemon;
  /** May talk in `web`. */
  readonly bob: Person;
  /** May talk in `vault`. */
  readonly sue: Person;
  /** Has Manage Server. */
  readonly max: Person;
  readonly attackers: Readonly<Record<Attacker, Person>>;
  readonly role: string;
  readonly vault: Place;
  readonly forum: Place;
  /** Its project wants no mention. */
  readonly chat: Place;
  /** In it administrators add projects. */
  readonly setup: Place;
  /** Threads under `web` and `vault`, each with something that waits. */
  readonly threads: Readonly<Record<Thread, Place>>;
  /** Ids of what could be pressed. */
  readonly ids: Readonly<Record<"web" | "vault", Targets>> & { readonly question: string };
  /** Everything that an attack could change. */
  state(): string;
  query<Row>(sql: string): Row[];
  /** Settles when everything that Discord has sent up to now has been handled. */
  handled(): Promise<void>;
}

export type Attacker = "stranger" | "former" | "timedOut" | "namesake" | "moderator" | "otherBot";
export type Thread = "run" | "ask" | "question" | "cut" | "vaultRun" | "vaultAsk" | "vaultCut";

/** Ids by which buttons and forms name what they act on. */
export interface Targets {
  readonly channel: string;
  readonly expired: string;
  readonly cut: string;
  readonly running: string;
  readonly prompt: string;
  readonly session: string;
  /** A message that was written by who may talk. */
  readonly message: APIMessage;
}

const MODERATES =
  PermissionFlagsBits.ManageChannels |
  PermissionFlagsBits.ManageMessages |
  PermissionFlagsBits.ManageThreads |
  PermissionFlagsBits.ManageRoles |
  PermissionFlagsBits.ModerateMembers |
  PermissionFlagsBits.MentionEveryone;

/** For `beforeAll`: the scene ends with its file. */
export async function attackScene(): Promise<Scene> {
  const known: { role?: string; sue?: Person; setup?: Place; forum?: Place; chat?: Place; vault?: Place } =
    {};
  const world = await wholeDaemon({
    atEnd: (end) => afterAll(end),
    config: (discord) => {
      known.role = discord.guild.addRole("claude").id;
      known.sue = discord.addMember("sue");
      known.setup = discord.addChannel("set-up");
      return {
        access: { roles: [known.role] },
        setup_channel: known.setup.id,
        // Of two missed messages the older one expires.
        catch_up: { max_messages: 1 },
        approvals: { timeout: "1h" },
      };
    },
    projects: (discord) => {
      known.vault = discord.addChannel("vault");
      known.forum = discord.addChannel("forum", { type: ChannelType.GuildForum });
      known.chat = discord.addChannel("chat");
      return [
        { name: "vault", channel_id: known.vault.id, access: { users: [known.sue?.id] } },
        { name: "forum", channel_id: known.forum.id },
        { name: "chat", channel_id: known.chat.id, mention: "optional" },
      ];
    },
  });
  const { discord, web } = world;
  const { role = "", sue, setup, vault, forum, chat } = known;
  if (!sue || !setup || !vault || !forum || !chat) throw new Error("the scene was not set");
  const { ann } = world;
  discord.guild.setRoles(ann, [role]);
  const people = peopleOf(discord, role);
  const { bob } = people;

  const open = async (who: Person, channel: Place, name: string) => who.opensThread(channel, name);
  const threads = {
    run: await open(ann, web, "run"),
    ask: await open(ann, web, "ask"),
    question: await open(ann, web, "question"),
    cut: await open(ann, web, "cut"),
    vaultRun: await open(sue, vault, "vault run"),
    vaultAsk: await open(sue, vault, "vault ask"),
    vaultCut: await open(sue, vault, "vault cut"),
  };
  const says = (who: Person, channel: Place, text: string) => who.says(channel, text, { mention: true });

  // So that the bot knows the channels; what comes now is missed.
  await world.stop(await world.start());
  for (const [who, channel] of [
    [ann, web],
    [sue, vault],
  ] as const) {
    await says(who, channel, "m1 too late");
    await says(who, channel, "m2 in time");
  }
  await cutShort(world, "web", ann, threads.cut);
  await cutShort(world, "vault", sue, threads.vaultCut);
  const daemon = await world.start();
  await discord.botIsOnline();
  await says(ann, threads.run, "m3 lines=100000 pace=500");
  await says(sue, threads.vaultRun, "m3 lines=100000 pace=500");
  await says(ann, threads.ask, "m4 [asks]");
  await says(sue, threads.vaultAsk, "m4 [asks]");
  await says(ann, threads.question, "m5 [questions]");

  const idIn = (channel: Place, prefix: string) =>
    discord.until(
      () =>
        written(discord, channel)
          .flatMap(customIds)
          .find((id) => id.startsWith(prefix))
          ?.split(":")[1],
      { timeoutMs: 60_000, describe: `a button ${prefix} in ${channel.id}` },
    );
  const answered = (channel: Place) =>
    discord.until(() => written(discord, channel).some(({ content }) => content.startsWith("m2 line")), {
      timeoutMs: 60_000,
      describe: "m2 to be answered",
    });
  await Promise.all([answered(web), answered(vault)]);
  const unfinished = () => query(world, "SELECT id FROM turns WHERE state IN ('accepted', 'delivering')");
  await discord.until(() => unfinished().length === 0, { timeoutMs: 60_000 });
  const targets = async (
    own: Record<"channel" | "cut" | "run" | "ask", Place>,
    who: Person,
  ): Promise<Targets> => ({
    channel: own.channel.id,
    expired: await idIn(own.channel, "run:"),
    cut: await idIn(own.cut, "continue:"),
    running: await idIn(own.run, "stop:"),
    prompt: await idIn(own.ask, "ask:"),
    session: session(own.channel.id),
    message: must(who.sees(own.channel).find(({ content }) => content.endsWith("m1 too late"))),
  });
  const session = (channelId: string) =>
    query<{ session_id: string }>(world, "SELECT session_id FROM sessions WHERE channel_id = ?", channelId)[0]
      ?.session_id ?? "";
  const ids = {
    question: await idIn(threads.question, "ask:"),
    web: await targets({ channel: web, cut: threads.cut, run: threads.run, ask: threads.ask }, ann),
    vault: await targets(
      { channel: vault, cut: threads.vaultCut, run: threads.vaultRun, ask: threads.vaultAsk },
      sue,
    ),
  };
  return {
    ...world,
    ...people,
    daemon,
    sue,
    role,
    vault,
    forum,
    chat,
    setup,
    threads,
    ids,
    state: () => stateOf(world),
    query: (sql) => query(world, sql),
    handled: async () => {
      await (await bob.runs(web, "/help")).answered();
    },
  };
}

function peopleOf(discord: LoopbackDiscord, role: string) {
  const roles = [role];
  const former = discord.addMember("former", { roles });
  discord.guild.setRoles(former, []);
  const timedOut = discord.addMember("timed-out", { roles });
  discord.guild.timeOut(timedOut, Date.now() + 3_600_000);
  return {
    bob: discord.addMember("bob", { roles }),
    max: discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild }),
    attackers: {
      stranger: discord.addMember("mallory"),
      former,
      timedOut,
      // Of the same names as those who may.
      namesake: discord.addMember("ann", { roles: [discord.guild.addRole("claude")], displayName: "ann" }),
      moderator: discord.addMember("moderator", { permissions: MODERATES }),
      otherBot: discord.addMember("other bot", { roles, bot: true }),
    },
  };
}

/** A turn during which a daemon died while a tool that writes was at work. */
async function cutShort(world: WholeDaemon, projectName: string, who: Person, thread: Place): Promise<void> {
  const message = await who.says(thread, "m9 cut short", { mention: true });
  const db = openDatabase(world.paths.database);
  const ledger = createLedger(db, Date.now);
  const id = randomUUID();
  ledger.accept({
    id,
    conversationId: thread.id,
    guildId: world.discord.guild.id,
    projectName,
    messageId: message.id,
    authorId: who.id,
    authorName: who.username,
    prompt: "m9 cut short",
  });
  ledger.move(id, "start");
  ledger.noteTool(id, "Bash npm publish");
  db.close();
}

/** Without what changes by itself: cursors, times, what is said of a turn that runs. */
function stateOf(world: WholeDaemon): string {
  const tables = [
    "SELECT id, state, prompt, awaits, attempts FROM turns ORDER BY id",
    "SELECT id, state, decided_by FROM prompts ORDER BY id",
    "SELECT channel_id, session_id FROM sessions ORDER BY channel_id",
    "SELECT * FROM session_grants ORDER BY session_id, value",
    "SELECT channel_id, generation FROM conversations ORDER BY channel_id",
    "SELECT * FROM budget_releases ORDER BY day, project_name",
  ];
  return [
    ...tables.flatMap((sql) => query(world, sql).map((row) => JSON.stringify(row))),
    readFileSync(world.paths.config, "utf8"),
  ].join("\n");
}

function query<Row>(world: WholeDaemon, sql: string, ...given: unknown[]): Row[] {
  const db = openDatabase(world.paths.database);
  try {
    return db.prepare(sql).all(...given) as Row[];
  } finally {
    db.close();
  }
}

function customIds({ components = [] }: APIMessage): string[] {
  return allComponents(components as Parameters<typeof allComponents>[0]).flatMap(
    ({ component }) => component.custom_id ?? [],
  );
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the scene is not complete");
  return value;
}
