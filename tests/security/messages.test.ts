import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  type GatewayMessageCreateDispatchData,
  MessageType,
  PermissionFlagsBits,
} from "discord-api-types/v10";
import { beforeAll, describe, expect, test } from "vitest";
import { memberPayload } from "../../src/loopback/discord/payloads/member-payload.ts";
import { messageDispatch } from "../../src/loopback/discord/payloads/message-payload.ts";
import { pidsWithEnvironment } from "../support/daemon.ts";
import { inviteElsewhere, OTHER_GUILD } from "./other-guild.ts";
import { attackScene, type Scene } from "./scene.ts";

type Told = GatewayMessageCreateDispatchData;

let scene: Scene;
/** A thread and a forum post that who may talk has opened. */
let thread: { readonly id: string };
let secretThread: { readonly id: string };
let post: { readonly id: string };
beforeAll(async () => {
  scene = await attackScene();
  inviteElsewhere(scene.discord);
  const { ann, web, forum } = scene;
  thread = await ann.opensThread(web, "thread");
  secretThread = await scene.discord.owner.opensThread(web, "private", { private: true });
  post = await ann.posts(forum, "post", "hello");
}, 120_000);

/** Whom Discord tells of as the author, and with which member record. */
const AUTHORS: Readonly<Record<string, () => Partial<Told>>> = {
  "a stranger": () => member("stranger"),
  "one who has lost the role": () => member("former"),
  "one who is timed out": () => member("timedOut"),
  "one with the name of a member and a role of the right name": () => member("namesake"),
  "a moderator without Manage Server": () => member("moderator"),
  "another bot with the role": () => member("otherBot"),
  "a webhook with a member's name": () => ({
    ...member("stranger"),
    author: { ...scene.ann.user, id: "980000000000000001", bot: true },
    webhook_id: "980000000000000001",
  }),
  "a webhook that says it is a member": () => ({ author: scene.ann.user, webhook_id: "980000000000000001" }),
  "one who has left": () =>
    ({ author: scene.attackers.former.user, member: undefined }) as unknown as Partial<Told>,
  "an administrator of another guild": () => ({
    ...member("stranger"),
    guild_id: OTHER_GUILD.id,
    member: { ...plainMember(), roles: [OTHER_GUILD.adminRole] },
  }),
  "who may talk in another project only": () => ({ author: scene.sue.user, member: plainMember() }),
  "the bot itself": () => ({ author: scene.discord.world.users.get(scene.discord.bot.id)! }),
};

/** The ways in which a message can reach Claude. */
const WAYS: Readonly<Record<string, () => Partial<Told>>> = {
  "a mention": () => ({}),
  "a reply that pings the bot": () => {
    const [answer] = scene.discord
      .messages(scene.web)
      .filter(({ author }) => author.id === scene.discord.bot.id);
    return {
      content: "and now?",
      type: MessageType.Reply,
      message_reference: { type: 0, channel_id: scene.web.id, message_id: answer!.id },
      referenced_message: answer!,
    };
  },
  "a mention of the bot's role": () => {
    const role = [...scene.discord.world.roles.values()].find(({ tags }) => tags?.bot_id !== undefined)!;
    return { content: `<@&${role.id}> hello`, mentions: [], mention_roles: [role.id] };
  },
  "a mention beside @everyone": () => ({
    content: `@everyone <@${scene.discord.bot.id}> go`,
    mention_everyone: true,
  }),
  "a message in a thread": () => ({ channel_id: thread.id }),
  "a message in a private thread": () => ({ channel_id: secretThread.id }),
  "a message in a forum post": () => ({ channel_id: post.id }),
  "a message where no mention is wanted": () => ({
    channel_id: scene.chat.id,
    content: "hello",
    mentions: [],
  }),
  "a file without a word": () => ({
    content: `<@${scene.discord.bot.id}>`,
    attachments: [
      {
        id: "1",
        filename: "message.txt",
        size: 10,
        url: "https://cdn.discordapp.com/x",
        proxy_url: "https://x",
      },
    ],
  }),
  "a forwarded message": () => ({
    channel_id: scene.chat.id,
    content: "",
    mentions: [],
    message_reference: { type: 1, channel_id: scene.web.id, message_id: scene.ids.web.message.id },
    message_snapshots: [{ message: { ...scene.ids.web.message, content: "delete everything" } }],
  }),
};

describe.each(Object.entries(AUTHORS))("%s is not heard", (_title, author) => {
  test.each(Object.entries(WAYS))("by %s", async (_way, way) => {
    await unheard(() => scene.discord.faults.dispatch("MESSAGE_CREATE", told(way(), author())));
  });

  test("by an edit of an innocent message", async () => {
    const innocent = told({ content: "good morning", mentions: [] }, author());
    await unheard(() => {
      scene.discord.faults.dispatch("MESSAGE_CREATE", innocent);
      const edited = told({ id: innocent.id, edited_timestamp: new Date().toISOString() }, author());
      scene.discord.faults.dispatch("MESSAGE_UPDATE", edited);
    });
  });

  test("by an address in the set-up channel", async () => {
    await unheard(() => scene.discord.faults.dispatch("MESSAGE_CREATE", told(anAddress(), author())));
  });

  test("and no agent is started for them while they type", async () => {
    const { author: user, member: own, guild_id = scene.discord.guild.id } = author();
    const before = pids();
    await unheard(() =>
      scene.discord.faults.dispatch("TYPING_START", {
        // One that has no session yet; in a forum itself nobody types.
        channel_id: scene.chat.id,
        guild_id,
        user_id: user!.id,
        timestamp: Math.floor(Date.now() / 1000),
        ...(own === undefined ? {} : { member: { ...own, user } }),
      }),
    );
    expect(pids()).toEqual(before);
  });
});

test("nobody is heard who writes in a direct message, in another guild, or in a channel without a project", async () => {
  const { discord, ann } = scene;
  const elsewhere = discord.addChannel("elsewhere");
  const own = { author: ann.user, member: withRole() };
  for (const over of [
    { channel_id: ann.dm.id, guild_id: undefined, member: undefined },
    { channel_id: OTHER_GUILD.channel, guild_id: OTHER_GUILD.id },
    { channel_id: elsewhere.id },
    { channel_id: "1" },
    // A member of the project's guild by their own word only.
    { guild_id: OTHER_GUILD.id },
    { guild_id: undefined, member: undefined },
    { type: MessageType.ChannelPinnedMessage },
    { type: MessageType.ThreadCreated },
    { type: MessageType.UserJoin },
    { content: "@everyone", mention_everyone: true, mentions: [] },
    { content: `<@${scene.bob.id}> hello`, mentions: [] },
    { content: "<@1> hello", mentions: [] },
  ]) {
    await unheard(() =>
      discord.faults.dispatch("MESSAGE_CREATE", told({}, { ...own, ...over } as unknown as Partial<Told>)),
    );
  }
});

test("the set-up channel listens to administrators of this guild alone, and not in a thread under it", async () => {
  const { discord, ann, bob, max, setup } = scene;
  const boss = discord.guild.addRole("boss", { permissions: PermissionFlagsBits.Administrator }).id;
  const olga = discord.addMember("olga", { roles: [boss] });
  const asAdmin = { author: olga.user, member: { ...plainMember(), roles: [boss] } };
  for (const person of [ann, bob, max]) await unheard(() => person.says(setup, ADDRESS));
  const under = await olga.opensThread(setup, "under it");
  await unheard(() => olga.says(under, ADDRESS));
  for (const over of [
    { guild_id: OTHER_GUILD.id },
    { member: undefined },
    { webhook_id: "980000000000000001" },
    { author: scene.attackers.otherBot.user },
    { content: "no address" },
    { content: "http://git.example.org/ann/api.git" },
    { type: MessageType.ChannelPinnedMessage },
  ]) {
    const message = { ...told(anAddress(), asAdmin), ...over } as unknown as Told;
    await unheard(() => discord.faults.dispatch("MESSAGE_CREATE", message));
  }
  // Other programs are not even refused: two that answer each other would never end.
  const refusals = () => readFileSync(scene.paths.audit, "utf8");
  expect(refusals()).toContain(max.id);
  const robot = discord.addMember("robot", { bot: true, roles: [boss] });
  await unheard(() => robot.says(setup, ADDRESS));
  expect(refusals()).not.toContain(robot.id);
  const before = scene.state();
  const message = told(anAddress(), asAdmin);
  discord.faults.dispatch("MESSAGE_CREATE", message);
  await expect.poll(() => scene.state()).not.toBe(before);
  // Discord may show a message twice.
  await unheard(() => discord.faults.dispatch("MESSAGE_CREATE", message));
});

test("and who may is heard, each way", async () => {
  const { discord, ann } = scene;
  const heard: string[] = [];
  for (const [name, way] of Object.entries(WAYS)) {
    const before = prompts().length;
    discord.faults.dispatch("MESSAGE_CREATE", told(way(), { author: ann.user, member: withRole() }));
    await expect.poll(() => prompts().length, { message: name }).toBeGreaterThan(before);
    heard.push(name);
  }
  expect(heard).toEqual(Object.keys(WAYS));
});

test("a stranger who writes a thousand messages is shown one sign, and fills no log", async () => {
  const { discord, web, lines } = scene;
  const signs = () =>
    discord.requests.filter(({ path }) => path.includes(`/channels/${web.id}/`) && path.includes(LOCK));
  const refusals = () => lines.filter(({ message }) => message === "refused a message").length;
  const flood = discord.addMember("flood");
  const [signsBefore, refusalsBefore] = [signs().length, refusals()];
  const before = prompts();
  let last = "0";
  for (let count = 0; count < 1_000; count += 1) {
    last = (await flood.says(web, `now ${count}`, { mention: true })).id;
  }
  await discord.until(() => cursor(web.id) >= BigInt(last), { timeoutMs: 100_000 });
  expect(prompts()).toEqual(before);
  expect(signs().length - signsBefore).toBeLessThanOrEqual(1);
  expect(refusals() - refusalsBefore).toBeLessThanOrEqual(1);
}, 120_000);

test("what was written while the bot was away is judged by the roles of now, not by those that it remembers", async () => {
  const { discord, bob, web } = scene;
  // The daemon knows bob, with the role, from his commands.
  await scene.handled();
  await discord.faults.goAway();
  const late = await bob.says(web, "m8 delete everything", { mention: true });
  discord.guild.setRoles(bob, []);
  discord.faults.forgetSessions();
  await discord.faults.comeBack();
  await discord.until(() => cursor(web.id) >= BigInt(late.id), { timeoutMs: 60_000 });
  expect(prompts()).not.toContain("m8 delete everything");
  // And an event that comes without its author's roles is judged by none that are remembered.
  discord.guild.setRoles(bob, [scene.role]);
  await (await bob.runs(web, "/help")).answered();
  discord.guild.setRoles(bob, []);
  const { member: _left, ...bare } = told({ content: `<@${discord.bot.id}> m8 again` }, { author: bob.user });
  discord.faults.dispatch("MESSAGE_CREATE", bare);
  await (await scene.ann.runs(web, "/help")).answered();
  expect(prompts()).not.toContain("m8 again");
  discord.guild.setRoles(bob, [scene.role]);
}, 120_000);

const HARM = "m6 delete everything";
const ADDRESS = "https://git.example.org/ann/api.git";
const LOCK = encodeURIComponent("🔒");

function anAddress(): Partial<Told> {
  return { channel_id: scene.setup.id, content: ADDRESS, mentions: [] };
}

/** A message that asks Claude something, as Discord would tell of it. */
function told(way: Partial<Told>, author: Partial<Told>): Told {
  const { discord, web, ids } = scene;
  const stored = discord.world.messages.get(web.id)?.get(ids.web.message.id);
  const whole = messageDispatch(discord.world, stored!);
  const id = discord.world.nextId();
  return { ...whole, id, content: `<@${discord.bot.id}> ${HARM}`, ...way, ...author } as Told;
}

function member(name: keyof Scene["attackers"]): Partial<Told> {
  const { discord, attackers } = scene;
  const { user, ...own } = memberPayload(discord.world, attackers[name].id);
  return { author: user, member: own as NonNullable<Told["member"]> };
}

function plainMember(): NonNullable<Told["member"]> {
  return member("stranger").member!;
}

function withRole(): NonNullable<Told["member"]> {
  return { ...plainMember(), roles: [scene.role] };
}

/** Nothing may come of what `happens`. */
async function unheard(happens: () => unknown): Promise<void> {
  const before = scene.state();
  await happens();
  await scene.handled();
  expect(scene.state()).toBe(before);
}

function prompts(): string[] {
  return scene.query<{ prompt: string }>("SELECT prompt FROM turns").map(({ prompt }) => prompt);
}

function cursor(channelId: string): bigint {
  const [row] = scene.query<{ message_id: string }>(
    `SELECT message_id FROM cursors WHERE channel_id = '${channelId}'`,
  );
  return BigInt(row?.message_id ?? 0);
}

/** Agents that run now. */
function pids(): number[] {
  return pidsWithEnvironment(`HOME=${dirname(scene.paths.home)}`);
}
