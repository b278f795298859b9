import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkConfig, loadConfig } from "../../src/config/load.ts";
import { formatProblems } from "../../src/config/problems.ts";
import { CoordError } from "../../src/core/operations/errors.ts";
import { tempDir } from "./temp-dir.ts";

/** Loads a text in which `DIR` is a folder that exists; in what comes back, its path is `DIR` again. */
function load(text: string, env: Record<string, string> = { DISCORD_TOKEN: "a-token" }, mode = 0o600) {
  const dir = tempDir();
  const path = join(dir, "config.yaml");
  writeFileSync(path, text.replaceAll("DIR", dir));
  chmodSync(path, mode);
  const checked = checkConfig({ path, env: { HOME: dir, ...env } });
  const said = (problems: Parameters<typeof formatProblems>[0]) =>
    formatProblems(problems).replaceAll(dir, "DIR");
  return checked.ok
    ? { dir, config: checked.config, code: undefined, problems: "", warnings: said(checked.warnings) }
    : { dir, config: undefined, code: checked.code, problems: said(checked.problems), warnings: "" };
}

/** A project for tests about other keys. */
const project = `projects:
  - name: one
    channel_id: "123456789012345678"
    project_dir: DIR
    permission_mode: default
`;

test("the set-up channel is no project's", () => {
  const { problems } = load(`${project}setup_channel: "123456789012345678"\n`);
  expect(problems).toContain("setup_channel: 123456789012345678 is the channel of one");
  expect(load(`${project}setup_channel: "223456789012345678"\n`).config?.setupChannelId).toBe(
    "223456789012345678",
  );
});

describe("a message says where it is, what was expected and what was found", () => {
  test.each([
    [
      "an unknown key with a known one near",
      "aproval: 1\n",
      "DIR/config.yaml:1:1: aproval: unknown key\n  1 | aproval: 1\n    | ^\n  Did you mean `approvals`?",
    ],
    [
      "a key of another section",
      "restart: ask\nstream: true\n",
      "DIR/config.yaml:2:1: stream: unknown key\n  2 | stream: true\n    | ^\n  It belongs under `replies`.",
    ],
    [
      "a project's key at the top",
      "channel_id: x\n",
      "DIR/config.yaml:1:1: channel_id: unknown key\n  1 | channel_id: x\n    | ^\n  It belongs under `projects`.",
    ],
    [
      "an unknown key that is like none",
      "approvals:\n  zzzzzz: 1\n",
      "DIR/config.yaml:2:3: approvals.zzzzzz: unknown key\n  2 |   zzzzzz: 1\n    |   ^\n  Known here: timeout.",
    ],
    [
      "camelCase",
      "catchUp: {}\n",
      "DIR/config.yaml:1:1: catchUp: unknown key\n  1 | catchUp: {}\n    | ^\n  Did you mean `catch_up`?",
    ],
    [
      "a word that is not one of the few",
      "replies:\n  tools: breif\n",
      'DIR/config.yaml:2:10: replies.tools: expected one of off, brief, full, found the text "breif"\n' +
        "  2 |   tools: breif\n    |          ^\n  Did you mean `brief`?",
    ],
    [
      "text in place of a switch",
      "replies: { stream: yes }\n",
      'DIR/config.yaml:1:20: replies.stream: expected true or false, found the text "yes"\n' +
        "  1 | replies: { stream: yes }\n    |                    ^",
    ],
    [
      "a duration without its unit",
      "approvals: { timeout: 600 }\n",
      "DIR/config.yaml:1:23: approvals.timeout: expected a duration of at most 24d, such as 30s, 15m or 2h, " +
        "found the number 600\n  1 | approvals: { timeout: 600 }\n    |                       ^",
    ],
    [
      "a duration that no timer can wait for",
      "claude:\n  idle_timeout: 25d\n",
      'DIR/config.yaml:2:17: claude.idle_timeout: expected a duration of at most 24d, such as 30s, 15m or 2h, found the text "25d"\n' +
        "  2 |   idle_timeout: 25d\n    |                 ^",
    ],
    [
      "a number out of range",
      "catch_up:\n  max_messages: 1001\n",
      "DIR/config.yaml:2:17: catch_up.max_messages: expected a whole number from 0 to 1000, found the number 1001\n" +
        "  2 |   max_messages: 1001\n    |                 ^",
    ],
    [
      "a number for a variable of Claude's environment",
      "claude:\n  env:\n    DEPTH: 3\n    EMPTY:\n",
      "DIR/config.yaml:3:12: claude.env.DEPTH: expected text; put numbers, true and false in quotes, found the number 3\n" +
        "  3 |     DEPTH: 3\n    |            ^\n\n" +
        "DIR/config.yaml:4:11: claude.env.EMPTY: expected text; put numbers, true and false in quotes, found nothing\n" +
        "  4 |     EMPTY:\n    |           ^",
    ],
    [
      "an address without a port",
      "health: { listen: localhost }\n",
      "DIR/config.yaml:1:19: health.listen: expected an address and port such as `127.0.0.1:9090`, " +
        'found the text "localhost"\n  1 | health: { listen: localhost }\n    |                   ^',
    ],
    [
      "a name in place of an id",
      'access:\n  users: ["ada"]\n',
      'DIR/config.yaml:2:11: access.users[0]: expected a Discord id: 17 to 20 digits in quotes, found the text "ada"\n' +
        '  2 |   users: ["ada"]\n    |           ^',
    ],
    [
      "another word than everyone",
      "access: everybody\n",
      'DIR/config.yaml:1:9: access: expected `everyone`, or a map with users and roles, found the text "everybody"\n' +
        "  1 | access: everybody\n    |         ^",
    ],
    [
      "a file that is a list",
      "- restart: ask\n",
      "DIR/config.yaml:1:1: expected a map of keys, found a list\n  1 | - restart: ask\n    | ^",
    ],
    [
      "a project that lacks its keys",
      "projects:\n  - name: one\n",
      "DIR/config.yaml:2:5: projects[0].channel_id: missing: expected a Discord id: 17 to 20 digits in quotes\n" +
        "  2 |   - name: one\n    |     ^\n\n" +
        "DIR/config.yaml:2:5: projects[0].project_dir: missing: expected an absolute path\n" +
        "  2 |   - name: one\n    |     ^",
    ],
    [
      "an id that is a fraction, in the map form",
      "projects:\n  one:\n    channel_id: 1.5\n    project_dir: DIR\n",
      "DIR/config.yaml:3:17: projects.one.channel_id: expected a Discord id: 17 to 20 digits in quotes, " +
        "found the number 1.5\n  3 |     channel_id: 1.5\n    |                 ^",
    ],
    [
      "a tab",
      "projects:\n\t- name: one\n",
      "DIR/config.yaml:2:1: not valid YAML: a tab at the start of the line\n  2 | \t- name: one\n    | ^\n" +
        "  YAML is indented with spaces.",
    ],
    [
      "a key that is there twice",
      "restart: ask\nrestart: continue\n",
      "DIR/config.yaml:2:1: not valid YAML: this key is there twice\n  2 | restart: continue\n    | ^\n  Keep one of them.",
    ],
    [
      "a colon in plain text",
      "projects_root: /a: b\n",
      "DIR/config.yaml:1:16: not valid YAML: a key in a place where its value should be\n" +
        "  1 | projects_root: /a: b\n    |                ^\n  Text with a colon and a space in it belongs in quotes.",
    ],
  ])("%s", (_, text, expected) => {
    expect(load(text)).toMatchObject({ code: "config_invalid", problems: expected });
  });
});

describe("what entries have to do with each other", () => {
  test("a channel belongs to one project, in either form", () => {
    const entry = 'channel_id: "123456789012345678", project_dir: DIR }';
    expect(load(`projects:\n  - { name: a, ${entry}\n  - { name: b, ${entry}\n`).problems).toContain(
      "DIR/config.yaml:3:28: projects[1].channel_id: 123456789012345678 is already used for a in line 2\n",
    );
    expect(load(`projects:\n  a: { ${entry}\n  b: { ${entry}\n`).problems).toContain(
      "DIR/config.yaml:3:20: projects.b.channel_id: 123456789012345678 is already used for a in line 2\n",
    );
  });

  test("a name belongs to one project", () => {
    const second = '  - { name: one, channel_id: "223456789012345678", project_dir: DIR }\n';
    expect(load(project + second).problems).toBe(
      "DIR/config.yaml:6:13: projects[1].name: one is already used in line 2\n" +
        '  6 |   - { name: one, channel_id: "223456789012345678", project_dir: DIR }\n' +
        "    |             ^\n  Commands name a project by it.",
    );
  });

  test.each([
    ["relative/path", 'expected an absolute path, found "relative/path"'],
    ["~other/path", 'expected an absolute path, found "~other/path"'],
    ["DIR/nowhere", "expected a folder, but DIR/nowhere does not exist"],
    ["~/nowhere", "expected a folder, but DIR/nowhere does not exist"],
    ["DIR/config.yaml", "expected a folder, but DIR/config.yaml is not a folder"],
  ])("the folder of a project is there: %s", (folder, message) => {
    const { problems } = load(project.replace("project_dir: DIR", `project_dir: ${folder}`));
    expect(problems).toContain(`DIR/config.yaml:4:18: projects[0].project_dir: ${message}\n`);
  });

  test("the folder of a project on another host is not looked for here", () => {
    const { config } = load(
      project.replace("project_dir: DIR", "project_dir: /no/such/folder\n    host: builder"),
    );
    expect(config?.projects[0]).toMatchObject({ projectDir: "/no/such/folder", host: "builder" });
  });

  test("a project that never asks and has no tools is warned of", () => {
    const { warnings } = load(
      project.replace("permission_mode: default", "permission_mode: bypassPermissions"),
    );
    expect(warnings).toContain(
      "DIR/config.yaml:5:22: projects[0].permission_mode: under bypassPermissions Claude has only the tools in allowed_tools, and there are none\n",
    );
  });

  test("a home folder's ~ is expanded", () => {
    const { config, dir } = load(
      `${project.replace("project_dir: DIR", "project_dir: ~/")}projects_root: ~/all\nclaude: { config_dir: ~/c }\n`,
    );
    expect(config).toMatchObject({
      projectsRoot: join(dir, "all"),
      claude: { configDir: join(dir, "c") },
      projects: [{ projectDir: dir }],
    });
  });
});

test("everything that is wrong is said at once, in the order of the file", () => {
  const { problems, code } = load(
    `discrod: {}
access: nobody
projects:
  - name: one
    channel_id: "123456789012345678"
    project_dir: relative
    model: [sonnet]
  - name: two
    channel_id: "123456789012345678"
    project_dir: DIR
    moddel: opus
`,
    { LOG_LEVEL: "loud" },
  );
  expect(code).toBe("config_invalid");
  expect(problems.split("\n").filter((line) => /^\S/.test(line))).toEqual([
    "DIR/config.yaml:1:1: discrod: unknown key",
    'DIR/config.yaml:2:9: access: expected `everyone`, or a map with users and roles, found the text "nobody"',
    'DIR/config.yaml:6:18: projects[0].project_dir: expected an absolute path, found "relative"',
    "DIR/config.yaml:7:12: projects[0].model: expected a model's alias or name, such as `sonnet`, found a list",
    "DIR/config.yaml:9:17: projects[1].channel_id: 123456789012345678 is already used for one in line 5",
    "DIR/config.yaml:11:5: projects[1].moddel: unknown key",
    'LOG_LEVEL: expected one of error, warn, info, debug, found "loud"',
    "DIR/config.yaml: there is no bot token",
  ]);
});

test("a secret in the line of a problem is starred out", () => {
  const token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.abcdef.abcdefghijklmnopqrstuvwxyz";
  const { problems } = load(`discord: { tokn: ${token}, guild_id: x, token: "very secret" } # mine\n`);
  expect(problems).toContain("  1 | discord: { tokn: ***, guild_id: x, token: *** } # mine\n");
  expect(problems).not.toMatch(/very|abcdefghij/);
  const caret = " ".repeat("discord: { tokn: ***, guild_id: ".length);
  expect(problems).toContain(`\n    | ${caret}^\n`);
});

describe("an id without quotes", () => {
  test("is read with every digit, with a warning", () => {
    const { config, warnings } = load(project.replace('"123456789012345678"', "1234567890123456789"));
    expect(config?.projects[0]?.channelId).toBe("1234567890123456789");
    expect(warnings).toBe(
      'DIR/config.yaml:3:17: projects[0].channel_id: put the id in quotes: "1234567890123456789"\n' +
        "  3 |     channel_id: 1234567890123456789\n    |                 ^\n" +
        "  Without them many programs round it when they rewrite the file.",
    );
  });

  test("that looks rounded already is said to be so", () => {
    const { warnings } = load(project.replace('"123456789012345678"', "1234567890123456800"));
    expect(warnings).toContain(
      "It looks like one that a program has rounded: compare it with Copy Channel ID in Discord.",
    );
  });
});

describe("the Python bot's files", () => {
  const read = (name: string) =>
    readFileSync(new URL(`./python/${name}`, import.meta.url), "utf8").replace(
      "/opt/projects/my-project",
      "DIR",
    );

  test.each([
    ["list.yaml", {}, ["Bash", "Read", "Write", "Edit", "Glob", "Grep"], "You are helping with my-project."],
    [
      "map.yaml",
      { DISCORD_TOKEN: "a-bot-token" },
      ["Bash", "Read", "Write", "Edit"],
      "You are helping with my-project.\n",
    ],
  ])("%s goes on working", (name, env, allowedTools, systemPrompt) => {
    const { config, dir } = load(read(name), env);
    expect(config?.discord.token).toBe("a-bot-token");
    expect(config?.projects).toEqual([
      {
        name: "my-project",
        channelId: "123456789012345678",
        projectDir: dir,
        allowedTools,
        model: "sonnet",
        systemPrompt,
        permissionMode: "default",
        mention: "required",
        threads: "isolate",
        access: undefined,
        host: undefined,
      },
    ]);
  });

  test.each(["list.yaml", "map.yaml"])("%s: the changed permission mode and access are explained", (name) => {
    const { warnings } = load(read(name));
    expect(warnings).toContain("no project has a permission_mode, so Claude asks in the channel");
    expect(warnings).toContain("write `permission_mode: bypassPermissions` in the project");
    expect(warnings).toContain("there is no access, so only members with Manage Server may talk to Claude");
    expect(warnings).toContain("write `access: everyone`");
  });

  test("a file that knows either of them gets no explanation", () => {
    expect(load(project).warnings).toBe("");
    expect(load(read("map.yaml").concat("access: everyone\n")).warnings).toBe("");
  });
});

describe("what is left out", () => {
  test("has its default, also where a key has no value", () => {
    const bare = load("").config;
    expect(bare).toMatchObject({
      discord: { token: "a-token", guildId: undefined, apiUrl: "https://discord.com/api" },
      access: { users: [], roles: [], everyone: false },
      claude: { command: "claude", idleTimeoutMs: 1_800_000, maxAgents: "auto", stallTimeoutMs: 600_000 },
      catchUp: { maxAgeMs: 43_200_000, maxMessages: 100 },
      health: { listen: undefined },
      ledger: { keepMs: 7_776_000_000 },
      projectsRoot: "/opt/projects",
      projects: [],
    });
    const empty =
      "discord:\nprojects:\naccess:\nadmins:\nclaude:\n  env:\nreplies:\n  tools:\nhealth: { listen: null }\n";
    expect(load(empty).config).toEqual(bare);
  });

  test("access: everyone is short for everyone: true", () => {
    expect(load("access: everyone\n").config?.access).toEqual({ users: [], roles: [], everyone: true });
    expect(load("access: { everyone: true }\n").config?.access).toEqual({
      users: [],
      roles: [],
      everyone: true,
    });
  });

  test("an IPv6 address loses its brackets", () => {
    expect(load("health: { listen: '[::1]:9090' }\n").config?.health.listen).toEqual({
      host: "::1",
      port: 9090,
    });
  });

  test("settings may be shared by anchors and merges", () => {
    const { config } = load(`projects:
  one: &one
    channel_id: "123456789012345678"
    project_dir: DIR
    permission_mode: plan
  two:
    <<: *one
    channel_id: "223456789012345678"
`);
    expect(config?.projects.map((entry) => [entry.name, entry.channelId, entry.permissionMode])).toEqual([
      ["one", "123456789012345678", "plan"],
      ["two", "223456789012345678", "plan"],
    ]);
  });

  test("aliases that would multiply beyond measure are refused", () => {
    const rows = ["a: &a [x,x,x,x,x,x,x,x,x,x]"];
    for (const [from, to] of ["ab", "bc", "cd"]) rows.push(`${to}: &${to} [${Array(10).fill(`*${from}`)}]`);
    expect(load(rows.join("\n"))).toMatchObject({
      code: "config_invalid",
      problems: "DIR/config.yaml: more aliases than a configuration can mean",
    });
  });
});

describe("the environment", () => {
  test.each([
    ["INFO", "info"],
    ["DEBUG", "debug"],
    ["WARNING", "warn"],
    ["CRITICAL", "error"],
  ])("LOG_LEVEL=%s goes before the file", (written, level) => {
    expect(
      load("logging: { level: error }\n", { DISCORD_TOKEN: "t", LOG_LEVEL: written }).config?.logging.level,
    ).toBe(level);
  });

  test("a subscription's token goes before a key, and a login in claude.env before both", () => {
    const env = { DISCORD_TOKEN: "t", ANTHROPIC_API_KEY: "key", CLAUDE_CODE_OAUTH_TOKEN: "oauth" };
    expect(load("", env).config?.claude.credential).toEqual({
      name: "CLAUDE_CODE_OAUTH_TOKEN",
      value: "oauth",
    });
    expect(load("", { ...env, CLAUDE_CODE_OAUTH_TOKEN: "" }).config?.claude.credential).toEqual({
      name: "ANTHROPIC_API_KEY",
      value: "key",
    });
    expect(
      load("claude: { env: { ANTHROPIC_API_KEY: own } }\n", env).config?.claude.credential,
    ).toBeUndefined();
  });
});

describe("a file that cannot be read", () => {
  test("is config_missing when there is none", () => {
    const path = join(tempDir(), "config.yaml");
    expect(() => loadConfig({ path, env: {} })).toThrow(
      new CoordError(
        "config_missing",
        `${path}: there is no such file\n  Run: claude-coord init. By hand, begin with a copy of config.example.yaml (mode 0600).`,
      ),
    );
  });

  test("is config_invalid when it is a folder", () => {
    const path = join(tempDir(), "config.yaml");
    mkdirSync(path);
    expect(() => loadConfig({ path, env: {} })).toThrow(`${path}: the file cannot be read (EISDIR)`);
  });
});
