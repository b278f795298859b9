import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { cliFixture, runBinary } from "../support/cli.ts";
import { type Sitting, sitDown } from "../support/pty.ts";
import { realWorld } from "../support/real-world.ts";
import { tempDir } from "../support/temp-dir.ts";
import { expectTranscript } from "../support/transcript.ts";

const ENTER = "\r";
const DOWN = "\u001b[B";
const CTRL_C = "\u0003";
const ERASE = "\u007f".repeat(80);

function environment(home: string) {
  return { HOME: home, PATH: process.env.PATH, LANG: "C.UTF-8", TERM: "xterm-256color" };
}

/** A claude that tells its version and is not logged in; the real one takes a second for each. */
function quickClaude(): string {
  const folder = tempDir();
  writeFileSync(
    join(folder, "claude"),
    `#!/bin/sh\ncase "$1" in --version) echo '2.1.330 (Claude Code)';; auth) echo '{"loggedIn":false,"authMethod":"none"}';; esac\n`,
  );
  chmodSync(join(folder, "claude"), 0o755);
  return folder;
}

/** What only this run has, in the words of an example. */
function asInDocs(screen: string, home: string, discord: LoopbackDiscord): string {
  return screen
    .replaceAll(home, "/home/ann")
    .replaceAll(discord.bot.id, "123456789012345678")
    .replace(/Claude Code [\d.]+ at \S+\/claude\./, "Claude Code 2.1.330 at /usr/local/bin/claude.")
    .replace(/^\(bypassPermissions is not offered[^)]*\)\n/m, "")
    .replace(/token: \*{20,}/, `token: ${"*".repeat(72)}`);
}

test("a newcomer sets the bot up at a terminal, and it answers", async () => {
  const { discord, model } = await realWorld({
    discord: { guildName: "Home", messageContentAllowed: false },
  });
  discord.guild.removeBot();
  const web = discord.addChannel("web");
  discord.addChannel("general");
  const home = tempDir();
  const at = sitDown(["init", "--service", "none", "--api-url", discord.apiUrl], environment(home));

  await at.answers("The bot's token:", `not-a-token${ENTER}`);
  await at.sees("Discord does not accept this token");
  await at.answers("The bot's token:", `${discord.token}${ENTER}`);
  await at.sees("may not read messages yet");
  discord.world.messageContentAllowed = true;
  await at.sees("in no server yet");
  discord.guild.addBot();
  await at.picks("Which channel?", "we", "#web");
  await at.answers("What is the project called?", ENTER);
  await at.picks("Which folder does Claude work in?", `${ERASE}~/projects/web`, `${home}/projects/web`);
  await at.answers("Which model?", ENTER);
  await at.answers("What may Claude do without asking?", ENTER);
  await at.answers("Who may talk to Claude?", ENTER);
  await at.answers("How does Claude log in?", DOWN + DOWN + ENTER);
  await at.answers("The API key:", `made-up-key${ENTER}`);
  await at.answers("Write this?", ENTER);
  await at.answers("Say hello in #web?", ENTER);
  expect(await at.ended).toBe(0);

  expect(at.screen()).not.toContain(discord.token);
  expectTranscript("setup.md", "init", asInDocs(at.screen(), home, discord));
  expect(discord.messages(web).map(({ content }) => content)).toEqual([
    expect.stringContaining("I am **claude**, and I work on **web**"),
  ]);
  const file = join(home, ".claude-coordinator/config.yaml");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, ".claude-coordinator")).mode & 0o777).toBe(0o700);
  expect(parse(readFileSync(file, "utf8"))).toEqual({
    discord: { token: discord.token, api_url: discord.apiUrl },
    access: { users: [discord.owner.id] },
    claude: { env: { ANTHROPIC_API_KEY: "made-up-key" } },
    projects: [
      {
        name: "web",
        channel_id: web.id,
        project_dir: join(home, "projects/web"),
        allowed_tools: ["Read", "Glob", "Grep"],
        permission_mode: "default",
      },
    ],
  });

  // Only where the model is had to be told.
  const text = readFileSync(file, "utf8").replace(
    "  env:\n",
    `  env:\n    ANTHROPIC_BASE_URL: ${model.url}\n`,
  );
  writeFileSync(file, text);
  const daemon = execFile(process.execPath, ["bin/claude-coord.js", "serve"], { env: environment(home) });
  const gone = new Promise((done) => daemon.once("exit", done));
  onTestFinished(async () => {
    daemon.kill();
    await gone;
  });
  await discord.botIsOnline({ timeoutMs: 30_000 });
  const message = await discord.owner.says(web, "My favourite colour is teal.", { mention: true });
  const isWhole = (messages: readonly { content: string }[]) =>
    messages.some(({ content }) => /^-# \d/m.test(content));
  const answer = await discord.owner.waitsForReply(message, { timeoutMs: 60_000, done: isWhole });
  expect(answer.map(({ content }) => content).join("\n")).toContain("teal");
});

/** The questions of a first run, each with what goes on to the next one. */
function questions(
  discord: LoopbackDiscord,
  home: string,
): ((at: Sitting, keys?: string) => Promise<void>)[] {
  const plain = (question: string, usual: string) => (at: Sitting, keys?: string) =>
    at.answers(question, keys ?? usual);
  const search = (question: string, typed: string, choice: string) => (at: Sitting, keys?: string) =>
    keys === undefined ? at.picks(question, typed, choice) : at.answers(question, keys);
  return [
    plain("The bot's token:", `${discord.token}${ENTER}`),
    search("Which channel?", "", "#general"),
    plain("What is the project called?", ENTER),
    search("Which folder does Claude work in?", `${ERASE}${home}/new`, `${home}/new`),
    plain("Which model?", ENTER),
    plain("What may Claude do without asking?", ENTER),
    plain("Who may talk to Claude?", ENTER),
    plain("How does Claude log in?", `${DOWN}${ENTER}`),
    plain("The token of claude setup-token:", `made-up${ENTER}`),
    plain("Write this?", ENTER),
  ];
}

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])("Ctrl-C at question %i leaves nothing behind", async (last) => {
  const { discord } = await realWorld();
  discord.addChannel("general");
  const home = tempDir();
  const env = { ...environment(home), PATH: `${quickClaude()}:${process.env.PATH}` };
  const at = sitDown(["init", "--service", "none", "--api-url", discord.apiUrl], env);
  const steps = questions(discord, home);
  for (const step of steps.slice(0, last)) await step(at);
  await steps[last]?.(at, CTRL_C);
  expect(await at.ended).toBe(130);
  expect(at.screen()).toContain("Nothing was changed.");
  expect(readdirSync(home)).toEqual([]);
});

test("Ctrl-C while it waits for the intent or for the bot to join leaves nothing behind", async () => {
  const { discord } = await realWorld({ discord: { messageContentAllowed: false } });
  discord.guild.removeBot();
  const home = tempDir();
  for (const waiting of ["may not read messages yet", "in no server yet"]) {
    const at = sitDown(["init", "--service", "none", "--api-url", discord.apiUrl], environment(home));
    await at.answers("The bot's token:", `${discord.token}${ENTER}`);
    await at.sees(waiting);
    at.type(CTRL_C);
    expect(await at.ended).toBe(130);
    expect(at.screen()).toContain("Nothing was changed.");
    expect(readdirSync(home)).toEqual([]);
    discord.world.messageContentAllowed = true;
  }
});

test("run again, it changes what is there and keeps comments", async () => {
  const { discord } = await realWorld();
  const web = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const role = discord.guild.addRole("developers");
  const home = tempDir();
  const fixture = cliFixture(undefined, home);
  fixture.writeConfig(`# Mine.
discord:
  token: ${discord.token} # from the portal
  api_url: ${discord.apiUrl}
access:
  users:
    - "${discord.owner.id}" # me
claude:
  command: ${quickClaude()}/claude
projects:
  - name: web
    channel_id: "${web.id}"   # the one with the site
    project_dir: ${home}
    model: sonnet
`);
  const at = sitDown(["init", "--service", "none"], environment(home));
  await at.answers("Go on with the bot claude?", ENTER);
  await at.answers("Which project?", ENTER);
  await at.answers("Which model?", DOWN + ENTER);
  await at.answers("What may Claude do without asking?", DOWN + DOWN + ENTER);
  await at.answers("Who may talk to Claude?", DOWN + ENTER);
  await at.picks("So far: owner. Who else?", "ann", "ann");
  await at.picks("So far: owner, ann. Who else?", "dev", "the role developers");
  await at.picks("So far: owner, ann, developers. Who else?", "", "done");
  await at.answers("How does Claude log in?", `${DOWN}${DOWN}${DOWN}${ENTER}`);
  await at.answers("Write this?", ENTER);
  await at.answers("Say hello in #web?", ENTER);
  expect(await at.ended).toBe(0);
  expect(discord.messages(web)).toEqual([]);
  expect(fixture.config()).toBe(`# Mine.
discord:
  token: ${discord.token} # from the portal
  api_url: ${discord.apiUrl}
access:
  users:
    - "${discord.owner.id}" # me
    - "${ann.id}" # ann
  roles:
    - "${role.id}" # developers
claude:
  command: ${parse(fixture.config()).claude.command}
projects:
  - name: web
    channel_id: "${web.id}" # the one with the site
    project_dir: ${home}
    permission_mode: plan
    model: opus
`);
  expect(readdirSync(fixture.stateDir)).toEqual(["config.yaml"]);
});

test("at a terminal too, a folder can be cloned", async () => {
  const { discord } = await realWorld();
  discord.addChannel("web");
  const origin = tempDir();
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-C", origin, ...args]);
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "-m", "first");
  const home = tempDir();
  const env = { ...environment(home), PATH: `${quickClaude()}:${process.env.PATH}` };
  const flags = [
    "--allow-managers",
    "--model",
    "default",
    "--permission-mode",
    "plan",
    "--claude-login",
    "later",
  ];
  const at = sitDown(
    [
      "init",
      "--service",
      "none",
      "--api-url",
      discord.apiUrl,
      "--channel",
      "web",
      "--name",
      "site",
      "--no-hello",
      ...flags,
    ],
    env,
  );
  await at.answers("The bot's token:", `${discord.token}${ENTER}`);
  await at.picks("Which folder does Claude work in?", ERASE, "clone a git repository…");
  await at.answers("Which repository?", `ext::sh -c id${ENTER}`);
  await at.sees("Expected the address of a repository");
  await at.answers("Which repository?", `${"\u007f".repeat(20)}${origin}${ENTER}`);
  await at.answers("Write this?", "n\r");
  expect(await at.ended).toBe(1);
  expect(readdirSync(home)).toEqual([]);

  const again = await runBinary(
    [
      ...["init", "--yes", "--api-url", discord.apiUrl, "--channel", "web"],
      ...flags,
      "--no-hello",
      "--clone",
      origin,
    ].concat("--dir", join(home, "site")),
    { ...env, DISCORD_TOKEN: discord.token },
  );
  expect(again).toMatchObject({ code: 0 });
  expect(existsSync(join(home, "site/.git"))).toBe(true);
});
