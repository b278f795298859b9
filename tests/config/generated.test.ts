import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { editorSchemaText } from "../../src/config/editor-schema.ts";
import { exampleConfig } from "../../src/config/example.ts";
import { keyPaths, knownKeys } from "../../src/config/known-keys.ts";
import { checkConfigText } from "../../src/config/load.ts";
import { withReference } from "../../src/config/reference.ts";
import { formatKey } from "../../src/config/schema-problems.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Checks a text as the file would be, apart from the folder that its project names. */
function check(text: string) {
  const here = text.replaceAll("/opt/projects/my-project", import.meta.dirname);
  return checkConfigText(here, 0o600, { path: "config.yaml", env: { DISCORD_TOKEN: "t" } });
}

const withToken = (text: string) => text.replace("paste the bot's token here", "a-token");

test("the committed example, schema and reference are those that the generator writes", () => {
  expect(read("config.example.yaml")).toBe(exampleConfig());
  expect(read("docs/config.schema.json")).toBe(editorSchemaText());
  expect(read("docs/configuration.md")).toBe(withReference(read("docs/configuration.md")));
});

test("every key has a description", () => {
  expect(
    knownKeys()
      .filter(({ description }) => !description)
      .map(({ path }) => formatKey(path)),
  ).toEqual([]);
});

test("the example works once the token is in, and says nothing that is not the default", () => {
  const example = check(withToken(exampleConfig()));
  const bare = check("");
  expect(example).toMatchObject({ ok: true, warnings: [] });
  if (!example.ok || !bare.ok) throw new Error("checked above");
  expect({ ...example.config, projects: [] }).toEqual(bare.config);
});

test("the example as it is says what to do about its token", () => {
  expect(check(exampleConfig())).toMatchObject({
    ok: false,
    problems: [{ key: "discord.token", message: expect.stringContaining("expected a token in one piece") }],
  });
});

test("the example works with all of its lines switched on, and has every key", () => {
  const all = withToken(exampleConfig()).replaceAll(/^( *(?:- )?)#(?=\w)/gm, "$1");
  const without = all.replace(/^ *token_file:.*\n/m, "");
  expect(check(without)).toMatchObject({ ok: true });
  const value = parse(all) as Record<string, unknown>;
  const inside = (path: readonly (string | number)[]) =>
    path.reduce<unknown>((node, key) => (node as Record<string | number, unknown> | undefined)?.[key], value);
  const missing = keyPaths().filter((path) => path.length < 4 && inside(path) === undefined);
  expect(missing).toEqual([]);
});

test("the page's first lines are a configuration that works, without warnings", () => {
  const minimal = /```yaml\n(.*?)```/s.exec(read("docs/configuration.md"))?.[1] ?? "";
  expect(minimal.trimEnd().split("\n").length).toBeLessThanOrEqual(10);
  expect(check(withToken(minimal))).toMatchObject({
    ok: true,
    warnings: [],
    config: { projects: [{ name: "my-project" }] },
  });
});

test("the editor's schema agrees with ours", () => {
  const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(editorSchemaText()));
  for (const [text, expected] of [
    [exampleConfig(), true],
    ["claude:\nhealth: { listen: null }\naccess:\nreplies: { tools: }\n", true],
    ["projects:\n  one: { channel_id: '123456789012345678', project_dir: /a }\n", true],
    ["access: everyone\n", true],
    ["acess: everyone\n", false],
    ["approvals: { timeout: 10 }\n", false],
    ["projects: [{ name: one, channel_id: '1', project_dir: /a }]\n", false],
    ["projects: [{ name: one, project_dir: /a }]\n", false],
  ] as const) {
    expect([text, valid(parse(text))]).toEqual([text, expected]);
  }
});
