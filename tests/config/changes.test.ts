import { expect, test } from "vitest";
import { changedSettings } from "../../src/config/changes.ts";
import { parseConfigDocument } from "../../src/config/document.ts";

const BASE = `
discord: { token: first-token }
claude: { env: { SOME_KEY: one } }
access: { users: ["100000000000000001"] }
projects:
  - { name: web, channel_id: "100000000000000010", project_dir: /srv/web }
  - { name: api, channel_id: "100000000000000011", project_dir: /srv/api, model: opus }
`;

const changed = (text: string) =>
  changedSettings(parseConfigDocument(BASE, "a"), parseConfigDocument(text, "b"));

test("nothing is told where only the file's looks are others", () => {
  expect(changed(`# a comment\n${BASE.replace("token: first-token", 'token: "first-token"')}`)).toEqual([]);
});

test("each setting is told with what it was and what it is; projects by their name", () => {
  const edited = BASE.replace("model: opus", "model: haiku").replace(
    '["100000000000000001"]',
    '["100000000000000001", "100000000000000002"]',
  );
  expect(
    changed(
      `${edited}  - { name: new, channel_id: "100000000000000012", project_dir: /srv/new }\nedits: rerun\n`,
    ),
  ).toEqual(
    expect.arrayContaining([
      { key: "projects.api.model", before: "opus", after: "haiku" },
      {
        key: "access.users",
        before: ["100000000000000001"],
        after: ["100000000000000001", "100000000000000002"],
      },
      { key: "projects.new.project_dir", before: undefined, after: "/srv/new" },
      { key: "edits", before: "ignore", after: "rerun" },
    ]),
  );
  const web = '  - { name: web, channel_id: "100000000000000010", project_dir: /srv/web }\n';
  const keys = changed(BASE.replace(web, "")).map(({ key }) => key);
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect(key).toMatch(/^projects\.web\./);
});

test("that a secret is another one is told, and neither of them", () => {
  const edited = BASE.replace("first-token", "second-token").replace("KEY: one", "KEY: two");
  expect(changed(edited)).toEqual([
    { key: "discord.token", before: "***", after: "***" },
    { key: "claude.env.SOME_KEY", before: "***", after: "***" },
  ]);
});
