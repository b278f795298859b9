import { expect, test } from "vitest";
import { snowflakeAt, snowflakeTimeMs } from "../../../src/core/messages/catch-up.ts";
import type { Turn } from "../../../src/core/turns/turn.ts";
import { createStillAllowed } from "../../../src/daemon/messages/still-allowed.ts";
import type { Person } from "../../../src/loopback/discord/people/person.ts";
import { projectIn } from "../../support/projects.ts";
import { type WholeDaemon, wholeDaemon } from "../../support/whole-daemon.ts";

const MEMBER = { method: "GET", path: /\/members\/\d+$/ };

interface Scene extends WholeDaemon {
  /** Has the role that lets people talk. */
  readonly bob: Person;
  /** Once bob's message has waited so long that it is asked about anew. */
  itsTurnComes(): Promise<void>;
}

/** A channel in which a turn runs for a person who stays, and bob's waits behind it. */
async function waiting(): Promise<Scene> {
  const people: { role?: string } = {};
  const world = await wholeDaemon({
    config: (discord) => {
      people.role = discord.guild.addRole("claude").id;
      return { access: { roles: [people.role] } };
    },
  });
  const roles = [people.role ?? ""];
  const [eve, bob] = [world.discord.addMember("eve", { roles }), world.discord.addMember("bob", { roles })];
  await world.start();
  await world.discord.botIsOnline();
  await eve.says(world.web, "m1 lines=2 until=go", { mention: true });
  await world.until((contents) => contents.join().includes("m1 line 1"));
  const asked = await bob.says(world.web, "m2 lines=1", { mention: true });
  const itsTurnComes = async () => {
    await expect.poll(() => Date.now() - snowflakeTimeMs(asked.id)).toBeGreaterThan(FRESH_MS);
    world.goOn();
  };
  return { ...world, bob, itsTurnComes };
}

/** What Discord said of an author with the message counts so long. */
const FRESH_MS = 2_000;

const isRefused = (contents: string[]) => contents.some((content) => content.startsWith("Not run:"));
const isAnswered = (contents: string[]) => contents.some((content) => content.startsWith("m2 line 1"));

test.each<[string, (scene: Scene) => void]>([
  ["has left", ({ discord, bob }) => discord.guild.removeMember(bob)],
  ["was timed out", ({ discord, bob }) => discord.guild.timeOut(bob, Date.now() + 600_000)],
  ["has lost the role", ({ discord, bob }) => discord.guild.setRoles(bob, [])],
])("the message of somebody who %s while it waited is not run", async (_, happens) => {
  const scene = await waiting();
  happens(scene);
  await scene.itsTurnComes();
  await scene.until(isRefused);
  expect(isAnswered(scene.contents())).toBe(false);
});

test("while Discord can't say who may talk, or talks nonsense, the message waits", async () => {
  const scene = await waiting();
  const { faults } = scene.discord;
  scene.discord.guild.setRoles(scene.bob, []);
  faults.failNext({ ...MEMBER, status: 500, times: 4 });
  const roles = [...scene.discord.world.roles.keys()];
  const nonsense = [{}, null, "member", { user: scene.bob.user }, { user: scene.discord.owner.user, roles }];
  for (const body of nonsense) faults.failNext({ ...MEMBER, status: 200, body });
  await scene.itsTurnComes();
  const puzzled = () =>
    scene.lines.filter(({ message }) => message === "it can't be told yet who may talk").length;
  await expect.poll(puzzled, { timeout: 40_000 }).toBeGreaterThan(2);
  expect(isAnswered(scene.contents())).toBe(false);
});

test("who may still talk is answered, after Discord was asked once", async () => {
  const scene = await waiting();
  await scene.itsTurnComes();
  const about = `/guilds/${scene.discord.guild.id}/members/${scene.bob.id}`;
  await scene.until(isAnswered);
  expect(scene.discord.requests.filter(({ path }) => path === about)).toHaveLength(1);
});

test("while the guild has an outage the message waits, and is judged by that guild's rules afterwards", async () => {
  let isOut = true;
  const stillAllowed = createStillAllowed({
    policy: () => ({
      guildIds: isOut ? [] : ["100"],
      access: { users: ["2"], roles: [], everyone: false },
      admins: NOBODY,
    }),
    project: () => projectIn({ id: "10" }),
    guildOf: () => (isOut ? undefined : "100"),
    member: async (guildId, userId) => {
      if (isOut) throw new Error("the guild is not known yet");
      const rights = { administrator: false, manageGuild: false, timedOutUntilMs: undefined };
      return { userId, kind: "member", guildId, roleIds: [], ...rights };
    },
    now: Date.now,
    log: { info: () => {}, warn: () => {} },
    retryMs: 10,
  });
  const turn = { authorId: "2", guildId: "100", acceptedAtMs: 0, attempts: 0 } as Turn;
  const decided = stillAllowed(turn, new AbortController().signal);
  setTimeout(() => {
    isOut = false;
  }, 100);
  expect(await decided).toBeUndefined();
  expect(isOut).toBe(false);
});

test("what has just been asked runs at once, and what waited since its message was written does not", async () => {
  const now = Date.now();
  const asked: string[] = [];
  const stillAllowed = createStillAllowed({
    policy: () => ({
      guildIds: ["100"],
      access: { users: ["1"], roles: [], everyone: false },
      admins: NOBODY,
    }),
    project: () => projectIn({ id: "10" }),
    guildOf: () => "100",
    member: async (guildId, userId) => {
      asked.push(userId);
      const rights = { administrator: false, manageGuild: false, timedOutUntilMs: undefined };
      return { userId, kind: "member", guildId, roleIds: [], ...rights };
    },
    now: () => now,
    log: { info: () => {}, warn: () => {} },
  });
  const { signal } = new AbortController();
  const turn = { authorId: "2", messageId: snowflakeAt(now - 500), acceptedAtMs: now, attempts: 0 } as Turn;
  expect(await stillAllowed(turn, signal)).toBeUndefined();
  expect(asked).toEqual([]);
  for (const waited of [
    { acceptedAtMs: now - 3_000 },
    { messageId: snowflakeAt(now - 3_000) },
    { messageId: undefined, acceptedAtMs: now - 3_000 },
    { attempts: 1 },
    { editedAtMs: now },
  ]) {
    expect(await stillAllowed({ ...turn, ...waited }, signal)).toBe("not_allowed");
  }
  // Five turns of one person at one moment: one question.
  expect(asked).toEqual(["2"]);
});

const NOBODY = { users: [], roles: [] };
