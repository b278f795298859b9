import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { type CliFixture, cliFixture } from "../support/cli.ts";
import { tempDir } from "../support/temp-dir.ts";

const WEB = "123456789012345678";

function valid(extra = ""): string {
  return `# Ours.
discord:
  token: a-secret.made-up.token
  api_url: https://user:a-secret-password@proxy.example/api
claude:
  env:
    ANTHROPIC_API_KEY: a-secret-key
    HTTPS_PROXY: http://ann:a-secret-too@127.0.0.1:3128
projects:
  - name: web
    channel_id: "${WEB}"
    project_dir: ${tempDir()}
${extra}`;
}

/** An editor that runs these sed commands, one set a call; the last one goes on. */
function editor(fixture: CliFixture, ...steps: string[]): void {
  const folder = tempDir();
  steps.forEach((step, index) => {
    writeFileSync(join(folder, String(index)), step);
  });
  const script = join(folder, "editor");
  writeFileSync(
    script,
    `#!/bin/sh
set -e
n=$(cat "${folder}/calls" 2>/dev/null || echo 0)
echo $((n + 1)) > "${folder}/calls"
[ -e "${folder}/$n" ] || n=${steps.length - 1}
. "${folder}/$n"
`,
  );
  chmodSync(script, 0o755);
  fixture.env.EDITOR = `${script} --wait`;
}

// What the editor's file is called in those steps: the first argument is the editor's own.
const appends = (line: string) => `printf '%s\\n' '${line}' >> "$2"`;
const removesLast = `sed -i '$d' "$2"`;

test("config check is content with a valid file and tells nothing on stdout", async () => {
  const { run, configFile } = cliFixture(valid());
  const { code, stdout, stderr } = await run(["config", "check"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toBe(`${configFile} is valid. Projects: 1.\n`);
});

test("config check tells every problem with its line, and ends with 78", async () => {
  const { run } = cliFixture(valid("logging:\n  level: loud\nreplys: {}\n"));
  const { code, stderr } = await run(["config", "check"]);
  expect(code).toBe(78);
  expect(stderr).toMatch(/config\.yaml:14:10: logging\.level: expected/);
  expect(stderr).toContain("replys");
  expect(stderr).toContain("2 problems.");
});

test("config check --json has the same for scripts", async () => {
  const { run } = cliFixture(valid("logging:\n  level: loud\n"));
  const { code, stdout } = await run(["config", "check", "--json"]);
  expect(code).toBe(78);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    problems: [{ line: 14, column: 10, key: "logging.level" }],
    warnings: [],
  });
});

test("config check tells warnings of a file that works", async () => {
  const { run } = cliFixture(valid().replace(`"${WEB}"`, WEB));
  const { code, stderr } = await run(["config", "check"]);
  expect(code).toBe(0);
  expect(stderr).toContain("put the id in quotes");
});

test("config check says when the token must come from elsewhere", async () => {
  const { run } = cliFixture({ projects: [] });
  const { code, stderr } = await run(["config", "check"]);
  expect(code).toBe(0);
  expect(stderr).toContain("It has no bot token");
});

test("config show has every default and no secret", async () => {
  const { run } = cliFixture(valid());
  for (const flags of [[], ["--json"]]) {
    const { code, stdout } = await run(["config", "show", ...flags]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("secret");
    expect(parse(stdout)).toMatchObject({
      discord: { token: "***", api_url: "https://***@proxy.example/api" },
      claude: {
        command: "claude",
        idle_timeout: "30m",
        env: { ANTHROPIC_API_KEY: "***", HTTPS_PROXY: "***" },
      },
      projects: [{ name: "web", permission_mode: "default" }],
    });
  }
});

test("config show says what this shell's environment puts before the file", async () => {
  const fixture = cliFixture(valid());
  fixture.env.DISCORD_TOKEN = "another-secret.made-up.token";
  const { stdout, stderr } = await fixture.run(["config", "show"]);
  expect(stderr).toContain("DISCORD_TOKEN is set");
  expect(stdout + stderr).not.toContain("another-secret");
});

test("config schema prints the schema that is in docs/", async () => {
  const { run } = cliFixture();
  const { stdout } = await run(["config", "schema"]);
  expect(stdout).toBe(readFileSync(new URL("../../docs/config.schema.json", import.meta.url), "utf8"));
});

test("config path tells where the file would be, and with --json where everything is", async () => {
  const { run, configFile, databaseFile } = cliFixture();
  expect((await run(["config", "path"])).stdout).toBe(`${configFile}\n`);
  const json = JSON.parse((await run(["config", "path", "--json"])).stdout);
  expect(json).toMatchObject({ config: configFile, database: databaseFile });
  expect((await run(["config", "path", "-c", "/etc/x.yaml"])).stdout).toBe("/etc/x.yaml\n");
});

test("config edit writes a valid edit in place, keeps the mode, and leaves no copy", async () => {
  const fixture = cliFixture(valid());
  const copy = join(tempDir(), "copy");
  editor(fixture, `${appends("restart: continue")}; echo "$2" > ${copy}`);
  const { code, stderr } = await fixture.run(["config", "edit"]);
  expect(code).toBe(0);
  expect(stderr).toContain("Wrote");
  expect(fixture.config()).toMatch(/^# Ours\.(.|\n)*\nrestart: continue\n$/);
  expect(statSync(fixture.configFile).mode & 0o777).toBe(0o600);
  expect(existsSync(dirname(readFileSync(copy, "utf8").trim()))).toBe(false);
});

test("after a mistake, the person may edit again", async () => {
  const fixture = cliFixture(valid());
  editor(fixture, appends("restart: never"), `${removesLast}; ${appends("restart: continue")}`);
  const { code, stderr } = await fixture.run(["config", "edit"], { answers: [["What now?", "\r"]] });
  expect(code).toBe(0);
  expect(stderr).toContain("restart: expected");
  expect(fixture.config()).toMatch(/\nrestart: continue\n$/);
});

test("a mistake may be discarded, or kept by those who insist", async () => {
  const fixture = cliFixture(valid());
  const before = fixture.config();
  editor(fixture, appends("restart: never"));
  const down = "\u001b[B";
  const discarded = await fixture.run(["config", "edit"], { answers: [["What now?", `${down}\r`]] });
  expect(discarded.code).toBe(0);
  expect(fixture.config()).toBe(before);
  const kept = await fixture.run(["config", "edit"], { answers: [["What now?", `${down}${down}\r`]] });
  expect(kept.code).toBe(0);
  expect(fixture.config()).toBe(`${before}restart: never\n`);
});

test("without a terminal a mistake is never written", async () => {
  const fixture = cliFixture(valid());
  const before = fixture.config();
  editor(fixture, appends("restart: never"));
  const { code, stderr } = await fixture.run(["config", "edit"]);
  expect(code).toBe(78);
  expect(stderr).toContain("Nothing was changed");
  expect(fixture.config()).toBe(before);
});

test("an edit never undoes what somebody else wrote meanwhile", async () => {
  const fixture = cliFixture(valid());
  editor(fixture, `${appends("restart: continue")}; echo '# by bob' >> "${fixture.configFile}"`);
  const { code, stderr } = await fixture.run(["config", "edit"]);
  expect(code).toBe(2);
  expect(stderr).toContain("changed by somebody else");
  expect(fixture.config()).toMatch(/# by bob\n$/);
});

test("an editor that fails or changes nothing leaves the file alone", async () => {
  const fixture = cliFixture(valid());
  const { mtimeMs } = statSync(fixture.configFile);
  fixture.env.EDITOR = "false";
  expect(await fixture.run(["config", "edit"])).toMatchObject({ code: 1 });
  fixture.env.EDITOR = "true";
  expect((await fixture.run(["config", "edit"])).stderr).toContain("Nothing was changed.");
  expect(statSync(fixture.configFile).mtimeMs).toBe(mtimeMs);
});

test("VISUAL goes before EDITOR, and without a file there is nothing to edit", async () => {
  const fixture = cliFixture();
  const { code, stderr } = await fixture.run(["config", "edit"]);
  expect(code).toBe(78);
  expect(stderr).toContain("claude-coord init");
  fixture.writeConfig(valid());
  const touched = join(tempDir(), "touched");
  Object.assign(fixture.env, { VISUAL: `touch ${touched};true`, EDITOR: "false" });
  expect((await fixture.run(["config", "edit"])).code).toBe(0);
  expect(existsSync(touched)).toBe(true);
});

test("the built program checks and shows", async () => {
  const fixture = cliFixture(valid());
  expect(await fixture.runBinary(["config", "check"])).toMatchObject({ code: 0, stdout: "" });
  const shown = await fixture.runBinary(["config", "show", "--json"]);
  expect(JSON.parse(shown.stdout)).toMatchObject({ restart: "ask" });
});
