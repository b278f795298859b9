import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { InteractionHandler } from "../../src/discord/interactions/handler.ts";
import { handlersThereAre } from "./handlers-there-are.ts";

/*
 * What comes in, and who is asked about it. A new way in fails here until somebody has thought about its right, and
 * tests/security/interactions.test.ts until it is attacked.
 */

test("each command, suggestion, button, menu and form has the right that it should", () => {
  const rightsOf = (handlers: Readonly<Record<string, InteractionHandler>>) =>
    Object.fromEntries(Object.entries(handlers).map(([name, { action }]) => [name, action]));
  const { commands, suggestions, components } = handlersThereAre();
  expect(rightsOf(commands)).toEqual({
    help: "talk",
    stop: "talk",
    status: "talk",
    queue: "talk",
    model: "manage",
    reset: "manage",
    session: "talk",
    compact: "talk",
    context: "talk",
    usage: "talk",
    permissions: "talk",
    "add-project": "admin",
    "remove-project": "admin",
    "Ask Claude about this": "talk",
  });
  expect(rightsOf(suggestions)).toEqual({
    model: "manage",
    "add-project": "admin",
    "remove-project": "admin",
  });
  expect(rightsOf(components)).toEqual({
    status: "talk",
    reset: "manage",
    remove: "admin",
    grants: "approve",
    about: "talk",
    stop: "talk",
    "drop-waiting": "talk",
    queue: "talk",
    "session-pick": "talk",
    "session-resume": "manage",
    "session-fork": "talk",
    "session-rename": "talk",
    "session-named": "talk",
    "session-export": "talk",
    run: "talk",
    continue: "talk",
    drop: "talk",
    budget: "admin",
    ask: "approve",
    add: "admin",
    setup: "admin",
    worktree: "manage",
  });
});

/** By the event, what it may do at most, and what judges it. */
const GATEWAY_EVENTS: Readonly<Record<string, string>> = {
  MessageCreate: "begins turns: routeMessage; in the set-up channel: decideAccess (messages.test.ts)",
  MessageUpdate: "changes turns: routeMessage (messages.test.ts)",
  TypingStart: "starts an agent: decideAccess (messages.test.ts)",
  InteractionCreate: "runs handlers: the router's decideAccess (interactions.test.ts)",
  Raw: "deletes withdraw the turns of messages and threads that are gone, which only an author or a moderator can make so",
  ThreadCreate: "reads what was missed there: routeMessage for each message",
  ThreadListSync: "as ThreadCreate",
  ChannelUpdate: "as ThreadCreate",
  GuildRoleUpdate: "as ThreadCreate",
  GuildMemberUpdate: "as ThreadCreate",
  GuildAvailable: "as ThreadCreate",
  GuildCreate: "as ThreadCreate",
  ShardReady: "as ThreadCreate",
  Error: "the log",
  ShardReconnecting: "the log",
  ShardResume: "the log",
  ShardDisconnect: "the log, or the end",
  ClientReady: "the start",
};

test("each event of the gateway that is listened to is known here, with what judges it", () => {
  const folder = resolve(import.meta.dirname, "../../src");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("loopback/"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const listened = sources.flatMap((source) =>
    [...source.matchAll(/\.(?:on|once|addListener|prependListener)\(\s*Events\.(\w+)/g)].map(
      ([, name]) => name,
    ),
  );
  expect([...new Set(listened)].toSorted()).toEqual(Object.keys(GATEWAY_EVENTS).toSorted());
  // An event under its bare name would not be seen above.
  for (const source of sources) expect(source).not.toMatch(/\bclient\.(?:on|once)\(\s*["'`]/);
});
