import { describe, expect, test } from "vitest";
import {
  type IncomingMessage,
  type Route,
  type Routing,
  routeMessage,
} from "../../../src/core/messages/inbound.ts";
import { NO_MATERIAL } from "../../../src/core/messages/material.ts";
import type { Project } from "../../../src/core/projects/project.ts";
import { projectIn } from "../../support/projects.ts";

const LOG = { id: "7", name: "log.txt", url: "http://x/", sizeBytes: 1, contentType: "text/plain" };

const BOT = "500";
const project: Project = projectIn({ id: "10" });
const open: Project = { ...project, name: "open", channelId: "20", mention: "optional" };
const routing: Routing = {
  bot: { userId: BOT, roleIds: ["600"] },
  projects: [project, open],
  policy: {
    guildIds: ["100"],
    access: { users: ["1"], roles: [], everyone: false },
    admins: { users: [], roles: [] },
  },
  guildOf: () => "100",
  hasSession: () => false,
};
const message: IncomingMessage = {
  id: "9000",
  channelId: "10",
  parentChannelId: undefined,
  guildId: "100",
  author: {
    userId: "1",
    kind: "member",
    guildId: "100",
    roleIds: [],
    administrator: false,
    manageGuild: false,
    timedOutUntilMs: undefined,
  },
  authorName: "ann",
  content: `<@${BOT}> hello`,
  mentionedUserIds: [BOT],
  mentionedRoleIds: [],
  isOrdinary: true,
  material: NO_MATERIAL,
};

function route(change: Partial<IncomingMessage>): Route {
  return routeMessage({ ...message, ...change }, routing, 0);
}

describe("a message becomes a turn", () => {
  test.each<[string, Partial<IncomingMessage>, string]>([
    ["with the mention in front", {}, "hello"],
    ["with the old form of a mention", { content: `<@!${BOT}> hello` }, "hello"],
    ["with the mention at the end", { content: `hello <@${BOT}>` }, "hello"],
    ["with the mention in the middle", { content: `say, <@${BOT}> what is this` }, "say, what is this"],
    [
      "with the mention on a line of its own",
      { content: `<@${BOT}>\n  indented\n  code` },
      "indented\n  code",
    ],
    [
      "by the bot's own role, which phones offer",
      { content: "<@&600> hello", mentionedUserIds: [], mentionedRoleIds: ["600"] },
      "hello",
    ],
    ["by a reply that pings the bot", { content: "and then?" }, "and then?"],
    ["with others mentioned too", { content: `<@${BOT}> ask <@77>` }, "ask <@77>"],
    ["with a file and no text", { content: `<@${BOT}>`, material: { ...NO_MATERIAL, files: [LOG] } }, ""],
  ])("%s", (_, change, prompt) => {
    expect(route(change)).toMatchObject({
      kind: "turn",
      prompt,
      conversationId: "10",
      project: { name: "web" },
    });
  });

  test("in a thread, which is a conversation of its own in the same project", () => {
    const inThread = { channelId: "11", parentChannelId: "10" };
    expect(route(inThread)).toMatchObject({ kind: "turn", conversationId: "11", project: { name: "web" } });
  });

  test("without a mention where the project asks for none", () => {
    const plain = { channelId: "20", content: "hello", mentionedUserIds: [] };
    expect(route(plain)).toMatchObject({ kind: "turn", prompt: "hello" });
  });
});

test("a mention with nothing said gets a hint", () => {
  expect(route({ content: ` <@${BOT}> ` })).toMatchObject({ kind: "hint" });
});

test("somebody who may not talk is refused, and only when the bot was meant", () => {
  const stranger = { ...message.author, userId: "2" };
  expect(route({ author: stranger })).toMatchObject({ kind: "refuse", reason: "not_allowed" });
  expect(route({ author: stranger, mentionedUserIds: [], content: "hi" })).toMatchObject({ kind: "ignore" });
});

describe("ignored", () => {
  test.each<[string, Partial<IncomingMessage>, string]>([
    ["another channel", { channelId: "99" }, "no_project"],
    ["a direct message", { guildId: undefined }, "no_project"],
    ["no mention", { content: "hello", mentionedUserIds: [] }, "not_addressed"],
    ["@everyone", { content: "@everyone hello", mentionedUserIds: [] }, "not_addressed"],
    [
      "another role",
      { content: "<@&601>", mentionedUserIds: [], mentionedRoleIds: ["601"] },
      "not_addressed",
    ],
    ["a bot, also ours", { author: { ...message.author, kind: "bot" } }, "not_a_person"],
    ["a webhook", { author: { ...message.author, kind: "webhook" } }, "not_a_person"],
    ["a pin or a join", { isOrdinary: false }, "not_ordinary"],
  ])("%s", (_, change, reason) => {
    expect(route(change)).toEqual({ kind: "ignore", reason });
  });
});
