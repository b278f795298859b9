import fc, { type Arbitrary } from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { attackScene, type Scene } from "./scene.ts";
import { described, mangled } from "./schema-arbitrary.ts";

/** 4,500 events and 500 answers of REST. */
const EVENTS = 4_500;
const ANSWERS = 500;
/** So many are sent before it is looked whether anything has come of them. */
const BATCH = 150;

let scene: Scene;
beforeAll(async () => {
  scene = await attackScene();
}, 120_000);

type Json = Record<string, unknown>;

interface FuzzedEvent {
  readonly type: Parameters<Scene["discord"]["faults"]["dispatch"]>[0];
  readonly data: unknown;
}

/** Ids of the guild's own things, and of nothing; nobody among them who may talk. */
function pools() {
  const { discord, attackers, web, vault, forum, chat, threads, ids } = scene;
  const users = Object.values(attackers).map(({ id }) => id);
  const channels = [web, vault, forum, chat, ...Object.values(threads)].map(({ id }) => id);
  const messages = [ids.web.message.id, ids.vault.message.id];
  const none = fc.bigInt(1n, 2n ** 62n).map(String);
  const customIds = [
    `run:${ids.web.expired}`,
    `stop:${ids.web.running}`,
    `continue:${ids.web.cut}`,
    `drop:${ids.web.cut}`,
    `ask:${ids.web.prompt}:once`,
    `ask:${ids.question}:q0:menu`,
    `reset:yes:${web.id}:${ids.web.session}`,
    `about:${ids.web.message.id}`,
  ];
  return {
    user: fc.constantFrom(...users),
    channel: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...channels) }, none),
    guild: fc.oneof({ weight: 6, arbitrary: fc.constant(discord.guild.id) }, none, fc.constant(undefined)),
    message: fc.oneof(
      fc.constantFrom(...messages),
      fc.constant(undefined).map(() => discord.world.nextId()),
    ),
    content: fc.oneof(fc.constant(`<@${discord.bot.id}> do it`), fc.string()),
    customId: fc.oneof(fc.constantFrom(...customIds), fc.string({ maxLength: 100 })),
    name: fc.constantFrom(...[...discord.world.commands.values()].map(({ name }) => name), "constructor"),
  };
}

function events(): Arbitrary<FuzzedEvent> {
  const { user, channel, guild, message, content, customId, name } = pools();
  const person = fc
    .tuple(described("UserResponse"), user, fc.constantFrom(undefined, undefined, true))
    .map(([own, id, bot]): Json => ({ ...own, id, bot }));
  // Discord tells of a message's author beside the member record, not in it.
  const member = described("GuildMemberResponse").map(
    ({ user: _in, ...own }): Json => ({ ...own, roles: [] }),
  );
  const said = fc
    .tuple(
      described("MessageResponse"),
      fc.record({
        id: message,
        channel_id: channel,
        guild_id: guild,
        content,
        author: person,
        type: fc.constantFrom(0, 0, 19, 6, 20),
        webhook_id: fc.constantFrom(undefined, undefined, undefined, "980000000000000001"),
        // What an application said in answer to a command; people's messages have none.
        interaction_metadata: fc.constantFrom(undefined, undefined, undefined, {}),
      }),
      member,
    )
    .map(
      ([own, over, ofAuthor]): Json => ({
        ...own,
        ...over,
        mentions: [{ id: scene.discord.bot.id, username: "claude", discriminator: "0" }],
        member: ofAuthor,
      }),
    );
  const deleted = fc.record({ id: message, channel_id: channel, guild_id: guild, ids: fc.array(message) });
  const typing = fc.record({
    channel_id: channel,
    guild_id: guild,
    user_id: user,
    timestamp: fc.integer(),
    member: fc.oneof(member, fc.constant(undefined)),
  });
  const parent = fc.constantFrom(scene.web.id, scene.vault.id, scene.forum.id, "1");
  const thread = fc.tuple(described("ThreadResponse"), parent, guild).map(
    ([own, parent_id, guild_id]): Json => ({
      ...own,
      parent_id,
      guild_id,
      id: scene.discord.world.nextId(),
    }),
  );
  const joined = fc
    .tuple(member, person, guild)
    .map(([own, who, guild_id]): Json => ({ ...own, user: who, guild_id }));
  const pressed = fc.record({
    type: fc.constantFrom(2, 3, 4, 5),
    id: message,
    token: fc.string(),
    application_id: fc.constant(scene.discord.bot.id),
    version: fc.constant(1),
    channel: fc.record({ id: channel, type: fc.constant(0) }),
    channel_id: channel,
    guild_id: guild,
    member: fc.tuple(member, person).map(([own, who]) => ({ ...own, user: who, permissions: "0" })),
    message: said,
    data: fc.record({
      id: message,
      name,
      type: fc.constantFrom(1, 2, 3),
      custom_id: customId,
      component_type: fc.constantFrom(2, 3, 5, 6, 7, 8),
      values: fc.array(fc.string({ maxLength: 3 })),
      options: fc.array(
        fc.record({
          name: fc.string(),
          type: fc.integer({ min: 1, max: 11 }),
          value: fc.string(),
          focused: fc.boolean(),
        }),
      ),
      components: fc.constant([{ type: 1, components: [{ type: 4, custom_id: "text", value: "x" }] }]),
      target_id: message,
      resolved: fc.oneof(
        fc.constant(undefined),
        said.map((one) => ({ messages: { [String(one.id)]: one } })),
      ),
    }),
    entitlements: fc.constant([]),
    locale: fc.constant("en-US"),
    context: fc.constantFrom(0, 1, 2),
    authorizing_integration_owners: fc.constant({}),
    app_permissions: fc.constant("0"),
  }) as Arbitrary<Json>;
  const kinds: [FuzzedEvent["type"], Arbitrary<Json>][] = [
    ["MESSAGE_CREATE", said],
    ["MESSAGE_UPDATE", said],
    ["MESSAGE_DELETE", deleted as Arbitrary<Json>],
    ["MESSAGE_DELETE_BULK", deleted as Arbitrary<Json>],
    ["TYPING_START", typing as Arbitrary<Json>],
    ["THREAD_CREATE", thread],
    ["THREAD_UPDATE", thread],
    ["THREAD_DELETE", thread],
    ["GUILD_MEMBER_ADD", joined],
    ["GUILD_MEMBER_UPDATE", joined],
    ["GUILD_MEMBER_REMOVE", joined],
    ["INTERACTION_CREATE", pressed],
  ];
  return fc.oneof(
    ...kinds.map(([type, data]) =>
      fc
        .oneof({ weight: 3, arbitrary: data }, mangled(data), mangled(mangled(data)))
        .map((each) => ({ type, data: each })),
    ),
    fc.record({
      type: fc.constantFrom(...kinds.map(([type]) => type)),
      data: fc.oneof(fc.constant(null), fc.string(), fc.array(fc.integer())),
    }),
  );
}

/**
 * What Discord's description allows, and what it does not: none of it may change anything or end the daemon. It proves
 * that only as far as the events get, so it also says how far that is: most can be read, and messages and
 * interactions of members who may not talk come to `decideAccess` and are refused there.
 */
test(`${EVENTS} made-up events end nothing and open nothing`, async () => {
  const before = scene.state();
  for (const batch of batches(fc.sample(events(), EVENTS))) {
    for (const { type, data } of batch) scene.discord.faults.dispatch(type, data);
    await scene.handled();
    expect(scene.daemon.isConnected()).toBe(true);
    expect(scene.state()).toBe(before);
  }
  const said = (message: string) => scene.lines.filter((line) => line.message === message);
  const reasons = (message: string) => new Set(said(message).map(({ fields }) => fields.reason));
  expect(reasons("refused a message")).toContain("not_allowed");
  expect(reasons("refused an interaction")).toContain("not_allowed");
  const unreadable = said("an event of Discord's could not be read").length;
  expect(unreadable).toBeGreaterThan(0);
  expect(unreadable).toBeLessThan(EVENTS / 2);
}, 600_000);

test(`${ANSWERS} nonsensical answers of Discord end nothing, and nobody becomes a member by one`, async () => {
  const { discord, attackers, web, ann } = scene;
  const answers = fc.sample(
    fc.oneof(
      described("MessageResponse"),
      mangled(described("MessageResponse")),
      described("GuildMemberResponse"),
      mangled(described("GuildMemberResponse")),
      fc.constant(null),
      fc.array(described("MessageResponse"), { maxLength: 3 }),
      fc.string(),
    ),
    ANSWERS,
  );
  const before = scene.state();
  for (const batch of batches(answers as unknown[])) {
    for (const body of batch)
      discord.faults.failNext({ path: /members|messages|reactions|typing|webhooks/, status: 200, body });
    // A message of the history, whose author is asked for; a refusal, a courtesy, a command.
    discord.faults.dispatch("MESSAGE_UPDATE", {
      ...scene.ids.web.message,
      edited_timestamp: new Date().toISOString(),
    });
    for (const person of [attackers.stranger, attackers.former, attackers.moderator]) {
      await person.says(web, "let me in", { mention: true });
    }
    for (let asked = 0; asked < batch.length; asked += 1) await ann.types(web);
    await scene.handled();
    discord.faults.clear();
    expect(scene.daemon.isConnected()).toBe(true);
    expect(scene.state()).toBe(before);
  }
}, 600_000);

function batches<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) =>
    all.slice(index * BATCH, (index + 1) * BATCH),
  );
}
