import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { type CliFixture, cliFixture } from "../support/cli.ts";
import { tempDir } from "../support/temp-dir.ts";

const WEB = "123456789012345678";
const DOCS = "123456789012345679";

function withWeb(): CliFixture & { web: string } {
  const web = tempDir();
  const fixture = cliFixture(`# Ours, do not touch.
discord:
  token: a.made-up.token   # from the portal
projects:
  - name: web
    channel_id: "${WEB}"
    project_dir: ${web}
    model: sonnet
    allowed_tools: [Read, "Bash(git *)"]
`);
  return { ...fixture, web };
}

test("project add writes what the flags say and keeps every other byte", async () => {
  const fixture = withWeb();
  const docs = tempDir();
  const before = fixture.config();

  const flags = [
    ["--channel", DOCS],
    ["--dir", docs],
    ["--model", "opus"],
    ["--permission-mode", "plan"],
    ["--allowed-tools", "Read,Bash(git log, git diff)"],
    ["--allowed-tools", "Grep"],
    ["--system-prompt", "Be brief."],
    ["--mention", "optional"],
  ].flat();
  const { code, stdout, stderr } = await fixture.run(["project", "add", "docs", ...flags]);

  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain(`Added docs: channel ${DOCS} works in ${docs}.`);
  expect(fixture.config().startsWith(before)).toBe(true);
  expect(parse(fixture.config()).projects[1]).toEqual({
    name: "docs",
    channel_id: DOCS,
    project_dir: docs,
    allowed_tools: ["Read", "Bash(git log, git diff)", "Grep"],
    model: "opus",
    system_prompt: "Be brief.",
    permission_mode: "plan",
    mention: "optional",
  });
  expect(statSync(fixture.configFile).mode & 0o777).toBe(0o600);
});

test("project add --json tells the new project on stdout", async () => {
  const fixture = withWeb();
  const { code, stdout } = await fixture.run([
    ...["project", "add", "docs", "--channel", DOCS, "--dir", fixture.web, "--json"],
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name: "docs", channel_id: DOCS, permission_mode: "default" });
});

test("on a terminal, project add asks for what is missing, and makes the folder when told to", async () => {
  const fixture = withWeb();
  const folder = join(tempDir(), "new", "docs");
  const { code } = await fixture.run(["project", "add"], {
    answers: [
      ["What is the project called?", "docs\r"],
      ["Which channel?", `https://discord.com/channels/234567890123456789/${DOCS}\r`],
      ["Which folder", `${folder}\r`],
      ["does not exist. Make it?", "y\r"],
    ],
  });
  expect(code).toBe(0);
  expect(parse(fixture.config()).projects[1]).toEqual({
    name: "docs",
    channel_id: DOCS,
    project_dir: folder,
  });
  expect(statSync(folder).isDirectory()).toBe(true);
});

test("Ctrl-C at a question ends with 130 and nothing changed", async () => {
  const fixture = withWeb();
  const before = fixture.config();
  const { code, stderr } = await fixture.run(["project", "add"], {
    answers: [
      ["What is the project called?", "docs\r"],
      ["Which channel?", "\u0003"],
    ],
  });
  expect(code).toBe(130);
  expect(stderr).toContain("Nothing was changed.");
  expect(fixture.config()).toBe(before);
});

test("declining to make the folder changes nothing", async () => {
  const fixture = withWeb();
  const before = fixture.config();
  const folder = join(tempDir(), "missing");
  const { code } = await fixture.run(["project", "add", "docs", "--channel", DOCS, "--dir", folder], {
    answers: [["Make it?", "n\r"]],
  });
  expect(code).toBe(1);
  expect(existsSync(folder)).toBe(false);
  expect(fixture.config()).toBe(before);
});

test.each([
  { args: ["docs", "--dir", "/tmp"], code: 2, says: "--channel is missing" },
  {
    args: ["docs", "--channel", "12", "--dir", "/tmp"],
    code: 2,
    says: "--channel 12: expected a channel id",
  },
  { args: ["docs", "--channel", DOCS, "--dir", "/nowhere/at/all"], code: 2, says: "Give --create-dir" },
  { args: ["docs", "--channel", WEB, "--dir", "/tmp"], code: 78, says: `${WEB} is already used for web` },
  { args: ["web", "--channel", DOCS, "--dir", "/tmp"], code: 78, says: "web is already used" },
  { args: ["docs", "--permission-mode", "yolo"], code: 2, says: "Allowed choices are default" },
])("without a terminal, project add $args is refused: $says", async ({ args, code, says }) => {
  const fixture = withWeb();
  const before = fixture.config();
  const outcome = await fixture.run(["project", "add", ...args]);
  expect(outcome).toMatchObject({ code, stdout: "" });
  expect(outcome.stderr).toContain(says);
  expect(fixture.config()).toBe(before);
});

test("bypassPermissions is refused where the service would run as root", async () => {
  const fixture = withWeb();
  const args = ["project", "add", "docs", "--channel", DOCS, "--dir", fixture.web];
  const { code, stderr } = await fixture.run([...args, "--permission-mode", "bypassPermissions"]);
  const runsAsRoot = statSync(fixture.configFile).uid === 0;
  expect(code).toBe(runsAsRoot ? 2 : 0);
  expect(stderr.includes("refuses bypassPermissions for root")).toBe(runsAsRoot);
});

test("project add --clone clones first; what can't be cloned adds nothing", async () => {
  const fixture = withWeb();
  const origin = tempDir();
  execFileSync("git", ["init", "--quiet", origin]);
  writeFileSync(join(origin, "README"), "hello\n");
  const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
  execFileSync("git", ["-C", origin, "add", "README"]);
  execFileSync("git", ["-C", origin, ...identity, "commit", "--quiet", "-m", "first"]);

  const folder = join(tempDir(), "docs");
  const add = ["project", "add", "docs", "--channel", DOCS, "--dir", folder, "--clone"];
  expect(await fixture.run([...add, origin])).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "README"), "utf8")).toBe("hello\n");

  const other = ["project", "add", "x", "--channel", "123456789012345670", "--clone"];
  const full = await fixture.run([...other, origin, "--dir", folder]);
  expect(full.stderr).toContain("is not empty");
  const gone = await fixture.run([...other, join(origin, "missing"), "--dir", join(tempDir(), "x")]);
  expect(gone).toMatchObject({ code: 1 });
  expect(gone.stderr).toContain("git could not clone it");
  for (const program of ["ext::sh -c id", "--upload-pack=id", "git@-oProxyCommand=id:x"]) {
    const refused = await fixture.run([...other, program, "--dir", join(tempDir(), "x")]);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain("Expected the address of a repository");
  }
  expect(parse(fixture.config()).projects).toHaveLength(2);
});

test("project remove asks, and takes only the project", async () => {
  const fixture = withWeb();
  const declined = await fixture.run(["project", "remove", "web"], { answers: [["Stop serving", "n\r"]] });
  expect(declined.code).toBe(1);
  expect(parse(fixture.config()).projects).toHaveLength(1);

  const agreed = await fixture.run(["project", "remove", "web"], { answers: [["Stop serving", "y\r"]] });
  expect(agreed.code).toBe(0);
  expect(fixture.config()).toContain("# Ours, do not touch.");
  expect(parse(fixture.config()).projects ?? []).toEqual([]);
});

test("project remove without a terminal needs --yes", async () => {
  const fixture = withWeb();
  const asked = await fixture.run(["project", "remove", "web"]);
  expect(asked.code).toBe(2);
  expect(asked.stderr).toContain("--yes");
  expect(await fixture.run(["project", "remove", "web", "--yes"])).toMatchObject({ code: 0 });
});

test("a project that is not there is told with the one that was meant", async () => {
  const fixture = withWeb();
  const { code, stderr } = await fixture.run(["project", "show", "wbe"]);
  expect(code).toBe(1);
  expect(stderr).toContain("There is no project called wbe. Did you mean web?");
});

test("project ls prints a table, or JSON with the names of the config", async () => {
  const fixture = withWeb();
  const table = await fixture.run(["project", "ls"]);
  expect(table.stdout.split("\n").slice(0, 2)).toEqual([
    `NAME  CHANNEL             FOLDER${" ".repeat(fixture.web.length - 6)}  MODEL   PERMISSIONS  ALLOWED TOOLS`,
    `web   ${WEB}  ${fixture.web}  sonnet  default      Read, Bash(git *)`,
  ]);
  const json = await fixture.run(["project", "ls", "--json"]);
  expect(JSON.parse(json.stdout)).toEqual([
    {
      name: "web",
      channel_id: WEB,
      project_dir: fixture.web,
      allowed_tools: ["Read", "Bash(git *)"],
      model: "sonnet",
      system_prompt: null,
      permission_mode: "default",
      mention: "required",
      threads: "isolate",
      access: null,
      budget: null,
      host: null,
    },
  ]);
});

test("with no projects, project ls prints nothing and says how to add one", async () => {
  const fixture = cliFixture({ discord: { token: "a.made-up.token" } });
  const { code, stdout, stderr } = await fixture.run(["project", "ls"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("claude-coord project add");
  expect((await fixture.run(["project", "ls", "--json"])).stdout).toBe("[]\n");
});

test("project show tells every setting and who has access", async () => {
  const fixture = withWeb();
  const { stdout } = await fixture.run(["project", "show", "web"]);
  expect(stdout).toContain("Model            sonnet");
  expect(stdout).toContain("Allowed tools    Read, Bash(git *)");
  expect(stdout).toContain("Access           general: members with Manage Server");
  const json = await fixture.run(["project", "show", "web", "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({ name: "web", model: "sonnet" });
});

test("without a config, every project command says how to make one, with exit code 78", async () => {
  const fixture = cliFixture();
  for (const args of [["ls"], ["show", "web"], ["remove", "web"], ["add", "web"]]) {
    const { code, stderr } = await fixture.run(["project", ...args]);
    expect(code).toBe(78);
    expect(stderr).toContain("config.example.yaml");
  }
});

test("the built program lists, refuses and helps the same way", async () => {
  const fixture = withWeb();
  const listed = await fixture.runBinary(["project", "ls", "--json"]);
  expect(listed.code).toBe(0);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: "web" }]);
  expect(await fixture.runBinary(["project", "add", "docs"])).toMatchObject({ code: 2, stdout: "" });
  const help = await fixture.runBinary(["project", "add", "--help"]);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain("Examples:");
});

test("another file is used with --config", async () => {
  const fixture = withWeb();
  const other = join(tempDir(), "other.yaml");
  writeFileSync(other, "discord: { token: a.made-up.token }\n");
  chmodSync(other, 0o600);
  const dir = join(tempDir(), "docs");
  mkdirSync(dir);
  await fixture.run(["project", "add", "docs", "--channel", DOCS, "--dir", dir, "--config", other]);
  expect(parse(readFileSync(other, "utf8")).projects).toMatchObject([{ name: "docs" }]);
});
