import { expect, test } from "vitest";
import { descriptionProblems } from "./api-description.ts";

const create = { method: "POST", route: "/channels/:channelId/messages", status: 200 };

test("a body that fits Discord's API description is no problem, bits as text neither", () => {
  expect(descriptionProblems({ ...create, body: { content: "x" } }, undefined)).toEqual([]);
  const overwrites = [{ id: "1", type: 0, allow: "1024", deny: "0" }];
  const channel = { method: "POST", route: "/guilds/:guildId/channels", status: 400 };
  const body = { name: "x", permission_overwrites: overwrites };
  expect(descriptionProblems({ ...channel, body }, undefined)).toEqual([]);
});

test("a body that does not fit is told with the place where it is wrong", () => {
  const body = { content: "x", embeds: [{ title: "x".repeat(257) }] };
  expect(descriptionProblems({ ...create, body }, undefined)).toEqual([
    expect.stringMatching(/the body of POST .*embeds\.0\.title: /),
  ]);
});

test("an answer that does not fit is told too, but not the one to a refused request", () => {
  const record = { ...create, body: { content: "x" } };
  expect(descriptionProblems(record, { id: "1" })).toEqual([expect.stringContaining("the answer to POST")]);
  expect(descriptionProblems({ ...record, status: 400 }, { code: 50035 })).toEqual([]);
});

test("a bad body of a refused request is passed over only when asked to", () => {
  const record = { ...create, status: 400, body: { content: 5 } };
  expect(descriptionProblems(record, undefined)).toHaveLength(1);
  expect(descriptionProblems(record, undefined, { refusedToo: false })).toEqual([]);
});
