import { execFile, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { broken, installGlobally, NPM_ENV, packed, releaseFolder } from "../support/packages.ts";
import { realWorld } from "../support/real-world.ts";
import { tempDir } from "../support/temp-dir.ts";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home with a config, and what is run there by an installed program. */
async function installation(bin: string) {
  const { discord, model } = await realWorld();
  const web = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const home = tempDir();
  const projectDir = tempDir();
  const config = join(home, ".claude-coordinator/config.yaml");
  mkdirSync(dirname(config), { mode: 0o700 });
  const claude = { env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "made-up-key" } };
  const projects = [{ name: "web", channel_id: web.id, project_dir: projectDir }];
  const discordKeys = { token: discord.token, api_url: discord.apiUrl };
  writeFileSync(config, stringify({ discord: discordKeys, access: "everyone", claude, projects }));
  chmodSync(config, 0o600);
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    LANG: "C.UTF-8",
    npm_config_cache: npmCache(),
    ...NPM_ENV,
  };
  const shell = (...args: string[]) =>
    new Promise<Ran>((done) => {
      execFile(process.execPath, [bin, ...args], { env }, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      }).stdin?.end();
    });
  const status = async () => JSON.parse((await shell("status", "--json")).stdout);
  onTestFinished(async () => {
    const { daemon, health } = await status();
    if (health !== "stopped" && health !== "died") process.kill(daemon.pid, "SIGKILL");
  });
  const isWhole = (messages: readonly { content: string }[]) =>
    messages.some(({ content }) => /^-# \d/m.test(content));
  return {
    shell,
    status,
    home,
    serve: async () => {
      spawn(process.execPath, [bin, "serve"], { env, stdio: "ignore", detached: true }).unref();
      await discord.botIsOnline({ timeoutMs: 60_000 });
      await expect.poll(async () => (await status()).health, { timeout: 60_000 }).toBe("running");
    },
    ask: async (text: string) => {
      const message = await ann.says(web, text, { mention: true });
      const answer = await ann.waitsForReply(message, { timeoutMs: 60_000, done: isWhole });
      return answer.map(({ content }) => content).join("\n");
    },
  };
}

function npmCache(): string {
  return execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim();
}

/** The whole story, whichever way it is installed: up, then up again to one whose start fails. */
async function upgradesAndGoesBack(
  bin: string,
  next: { good: () => string[]; bad: () => string[] },
): Promise<void> {
  const bot = await installation(bin);
  await bot.serve();
  await bot.ask("My favourite colour is teal.");

  const checked = await bot.shell("upgrade", "--check", ...next.good());
  expect(checked).toMatchObject({ code: 0 });
  expect(checked.stderr).toContain("0.1.1 → 0.2.0");
  expect(checked.stderr).toContain("- What is new in 0.2.0.");
  expect(await bot.status()).toMatchObject({ health: "running", version: "0.1.1" });

  const upgraded = await bot.shell("upgrade", "--yes", ...next.good());
  expect(upgraded).toMatchObject({ code: 0 });
  expect(await bot.status()).toMatchObject({
    health: "running",
    version: "0.2.0",
    daemon: { version: "0.2.0" },
  });
  expect(await bot.ask("What is my favourite colour?")).toContain("teal");
  expect(readdirSync(join(bot.home, ".claude-coordinator/backups"))).toContainEqual(
    expect.stringMatching(/^before-upgrade-.*\.tar\.gz$/),
  );

  const failed = await bot.shell("upgrade", "--yes", ...next.bad());
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.stderr).toContain("the old version is back");
  expect(await bot.status()).toMatchObject({
    health: "running",
    version: "0.2.0",
    daemon: { version: "0.2.0" },
  });
  expect(await bot.ask("And now, what is my favourite colour?")).toContain("teal");
  expect(readdirSync(dirname(dirname(dirname(bin)))).filter((name) => name.includes("upgrade"))).toEqual([]);
}

test("a global npm install is upgraded; a version whose start fails gives way to the old one", async () => {
  const first = packed(releaseFolder("0.1.1"));
  const good = packed(releaseFolder("0.2.0"));
  const bad = packed(releaseFolder("0.3.0", broken));
  const prefix = tempDir();
  installGlobally(first, prefix);
  const bin = join(prefix, "lib/node_modules/claude-coord/bin/claude-coord.js");
  await upgradesAndGoesBack(bin, { good: () => ["--from", good], bad: () => ["--from", bad] });
}, 600_000);

test("a git checkout is upgraded; a commit whose start fails gives way to the old one", async () => {
  const folder = tempDir();
  const origin = join(folder, "origin.git");
  const author = join(folder, "author");
  const checkout = join(folder, "checkout");
  const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", [...identity, ...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync("npm", args, { cwd, env: { ...process.env, ...NPM_ENV }, stdio: "ignore" });
  mkdirSync(author);
  git(folder, "init", "--quiet", "--bare", "-b", "main", origin);
  git(folder, "clone", "--quiet", origin, author);
  // What is built from is built already: the compiler is not what this is about.
  const publish = (version: string, change?: (release: string) => void) => {
    const release = releaseFolder(version, change);
    renameSync(join(release, "dist"), join(release, "built"));
    const file = join(release, "package.json");
    const written = JSON.parse(readFileSync(file, "utf8"));
    const build = `node -e "require('fs').cpSync('built','dist',{recursive:true})"`;
    writeFileSync(file, JSON.stringify({ ...written, scripts: { build } }, null, 2));
    writeFileSync(join(release, ".gitignore"), "/dist\n/node_modules\n");
    // Nothing is compiled for SQLite: its binary is in the package.
    writeFileSync(join(release, ".npmrc"), "ignore-scripts=true\n");
    cpSync(release, author, { recursive: true });
    if (!existsSync(join(author, "package-lock.json"))) npm(author, "install", "--package-lock-only");
    git(author, "add", "--all");
    git(author, "commit", "--quiet", "-m", version);
    git(author, "push", "--quiet", "origin", "HEAD:main");
  };
  publish("0.1.1");
  git(folder, "clone", "--quiet", "-b", "main", origin, checkout);
  npm(checkout, "ci");
  npm(checkout, "run", "build");
  let last = "";
  const once = (version: string, change?: (release: string) => void) => () => {
    if (last !== version) publish(version, change);
    last = version;
    return [];
  };
  await upgradesAndGoesBack(join(checkout, "bin/claude-coord.js"), {
    good: once("0.2.0"),
    bad: once("0.3.0", broken),
  });
}, 600_000);
