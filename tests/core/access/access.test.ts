import { describe, expect, test } from "vitest";
import { type AccessPolicy, type Action, type Actor, decideAccess } from "../../../src/core/access/access.ts";
import type { AccessRule, Project } from "../../../src/core/projects/project.ts";

const GUILD = "100";
const NOBODY = { users: [], roles: [], everyone: false };
const member: Actor = {
  userId: "1",
  kind: "member",
  guildId: GUILD,
  roleIds: [],
  administrator: false,
  manageGuild: false,
  timedOutUntilMs: undefined,
};
const actors = {
  stranger: member,
  listedUser: { ...member, userId: "2" },
  withRole: { ...member, userId: "3", roleIds: ["20"] },
  manager: { ...member, userId: "4", manageGuild: true },
  administrator: { ...member, userId: "5", administrator: true },
  listedAdmin: { ...member, userId: "6" },
  timedOutAdmin: { ...member, userId: "6", timedOutUntilMs: 1_001 },
  formerlyTimedOut: { ...member, userId: "2", timedOutUntilMs: 1_000 },
  bot: { ...member, userId: "2", kind: "bot", administrator: true },
  webhook: { ...member, userId: "2", kind: "webhook", administrator: true },
  inDirectMessage: { ...member, userId: "6", guildId: undefined, administrator: true },
  adminElsewhere: { ...member, userId: "5", guildId: "999", administrator: true },
} satisfies Record<string, Actor>;

const policy = (access: AccessRule | undefined): AccessPolicy => ({
  guildIds: [GUILD],
  access,
  admins: { users: ["6"], roles: [] },
});
const listed: AccessRule = { users: ["2"], roles: ["20"], everyone: false };
const ACTIONS: readonly Action[] = ["talk", "approve", "manage", "admin"];

function allowedActions(actor: Actor, rule: AccessPolicy, project?: Project): string {
  const target = { guildId: GUILD, project };
  return ACTIONS.filter((action) => decideAccess(actor, action, target, rule, 1_000).allowed).join(" ");
}

describe("who may do what", () => {
  const all = "talk approve manage admin";
  test.each<[keyof typeof actors, string, string, string]>([
    // who               nothing configured      users and roles listed  everyone
    ["stranger", "", "", "talk approve"],
    ["listedUser", "", "talk approve", "talk approve"],
    ["withRole", "", "talk approve", "talk approve"],
    ["manager", "talk approve manage", "manage", "talk approve manage"],
    ["administrator", all, all, all],
    ["listedAdmin", all, all, all],
    ["timedOutAdmin", "", "", ""],
    ["formerlyTimedOut", "", "talk approve", "talk approve"],
    ["bot", "", "", ""],
    ["webhook", "", "", ""],
    ["inDirectMessage", "", "", ""],
    ["adminElsewhere", "", "", ""],
  ])("%s", (who, nothing, lists, everyone) => {
    expect(allowedActions(actors[who], policy(undefined))).toBe(nothing);
    expect(allowedActions(actors[who], policy(NOBODY))).toBe(nothing);
    expect(allowedActions(actors[who], policy(listed))).toBe(lists);
    expect(allowedActions(actors[who], policy({ ...NOBODY, everyone: true }))).toBe(everyone);
  });
});

test("a bot that is listed may talk and nothing else, whatever it could do as a member", () => {
  const rule = policy({ ...listed, bots: ["2"] });
  expect(allowedActions(actors.bot, rule)).toBe("talk");
  expect(allowedActions({ ...actors.bot, userId: "6" }, rule)).toBe("");
  expect(allowedActions({ ...actors.bot, guildId: "999" }, rule)).toBe("");
  expect(allowedActions({ ...actors.bot, timedOutUntilMs: 1_001 }, rule)).toBe("");
  expect(allowedActions(actors.webhook, rule)).toBe("");
  const project = { access: { ...listed, bots: [] } } as unknown as Project;
  expect(allowedActions(actors.bot, rule, project)).toBe("");
  // A person with a listed bot's id would be none.
  expect(allowedActions(actors.stranger, policy({ ...NOBODY, bots: ["1"] }))).toBe("");
});

test("a project's own rule stands in place of the general one", () => {
  const project = { access: { users: ["1"], roles: [], everyone: false } } as unknown as Project;
  expect(allowedActions(actors.stranger, policy(listed), project)).toBe("talk approve");
  expect(allowedActions(actors.listedUser, policy(listed), project)).toBe("");
});

test("a target outside any guild is refused, whoever asks", () => {
  const decision = decideAccess(
    actors.administrator,
    "talk",
    { guildId: undefined, project: undefined },
    policy(listed),
    0,
  );
  expect(decision).toEqual({ allowed: false, reason: "direct_message" });
});

test("an administrator may nothing in a guild that this install does not serve, their own included", () => {
  const elsewhere = { ...actors.administrator, guildId: "999" };
  const target = { guildId: "999", project: undefined };
  for (const action of ACTIONS) {
    expect(decideAccess(elsewhere, action, target, policy(undefined), 1_000)).toEqual({
      allowed: false,
      reason: "other_guild",
    });
  }
});

test("who is no member there, as far as Discord says, is told so", () => {
  const target = { guildId: GUILD, project: undefined };
  expect(decideAccess(actors.inDirectMessage, "talk", target, policy(undefined), 1_000)).toEqual({
    allowed: false,
    reason: "not_a_member",
  });
});
