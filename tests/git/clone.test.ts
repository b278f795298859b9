import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryAt } from "../../src/cli/project/repository.ts";
import { type RepositoryUrl, repositoryUrl } from "../../src/core/projects/repository-url.ts";
import { cloneRepository } from "../../src/git/clone.ts";
import { gitServer } from "../support/git-server.ts";
import { processesWith } from "../support/processes-with.ts";
import { tempDir } from "../support/temp-dir.ts";

const REPOSITORIES = {
  web: { "readme.md": "hello", "second.md": "world" },
  private: { "key.txt": "secret" },
  empty: {},
};

async function scene(name: keyof typeof REPOSITORIES = "web") {
  const server = await gitServer({ [name]: REPOSITORIES[name] });
  const home = tempDir();
  const root = join(home, "projects");
  mkdirSync(root);
  server.setUpHome(home);
  const env = { HOME: home, PATH: process.env.PATH, DISCORD_TOKEN: "token-of-the-bot" };
  const progress: string[] = [];
  const clone = (
    address: string,
    options: { timeoutMs?: number; signal?: AbortSignal; launcher?: string[] } = {},
  ) =>
    cloneRepository({
      url: repositoryAt(address) as RepositoryUrl,
      into: join(root, "web"),
      env,
      launcher: options.launcher ?? [],
      timeoutMs: options.timeoutMs ?? 60_000,
      signal: options.signal ?? new AbortController().signal,
      onProgress: (text) => progress.push(text),
    });
  const left = () => ({ files: readdirSync(root), processes: processesWith(`HOME=${home}`) });
  return { server, home, root, env, progress, clone, left };
}

const NOTHING = { files: [], processes: [] };

test("a repository is cloned from https, shallow, and its progress is told", async () => {
  const { server, root, progress, clone } = await scene();
  await clone(server.url("web"));
  expect(readFileSync(join(root, "web", "readme.md"), "utf8")).toBe("hello");
  const commits = execFileSync("git", ["-C", join(root, "web"), "rev-list", "--count", "HEAD"], {
    encoding: "utf8",
  });
  expect(commits.trim()).toBe("1");
  expect(progress).toContain("Receiving objects 100 %");
});

test("a repository is cloned by ssh, with the person's own ssh command", async () => {
  const { root, clone } = await scene();
  await clone("git@example.org:web.git");
  expect(existsSync(join(root, "web", "second.md"))).toBe(true);
});

test("a repository of this machine is cloned by its path", async () => {
  const { server, root, clone } = await scene();
  await clone(server.path("web"));
  expect(readFileSync(join(root, "web", "readme.md"), "utf8")).toBe("hello");
});

test("an empty folder is cloned into, and stays when that fails", async () => {
  const { server, root, clone } = await scene();
  const folder = join(root, "web");
  mkdirSync(folder, { mode: 0o750 });
  await expect(clone(server.url("nothing"))).rejects.toThrow("There is no such repository");
  expect(readdirSync(folder)).toEqual([]);
  expect(statSync(folder).mode & 0o777).toBe(0o750);
  await clone(server.url("web"));
  expect(existsSync(join(folder, "readme.md"))).toBe(true);
});

test("no hook runs, not even one of the person's own template", async () => {
  const { server, home, root, clone } = await scene();
  const template = join(home, "template");
  mkdirSync(join(template, "hooks"), { recursive: true });
  const ran = join(home, "ran");
  writeFileSync(join(template, "hooks/post-checkout"), `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
  appendFileSync(join(home, ".gitconfig"), `[init]\n\ttemplateDir = ${template}\n`);
  await clone(server.url("web"));
  expect(existsSync(join(root, "web/.git/hooks/post-checkout"))).toBe(true);
  expect(existsSync(ran)).toBe(false);
});

test("an empty repository is cloned too", async () => {
  const { server, root, clone } = await scene("empty");
  await clone(server.url("empty"));
  expect(readdirSync(join(root, "web"))).toEqual([".git"]);
});

test("a login is used for the clone and kept nowhere in it", async () => {
  const { server, root, clone } = await scene("private");
  await clone(server.url("private", "ann:secret"));
  expect(readFileSync(join(root, "web", "key.txt"), "utf8")).toBe("secret");
  expect(readFileSync(join(root, "web", ".git", "config"), "utf8")).toContain(server.url("private"));
  const kept = spawnSync("grep", ["-rlE", "ann:secret|YW5uOnNlY3JldA", root], { encoding: "utf8" });
  expect(kept.stdout).toBe("");
});

test.each([
  ["private", "There is no such repository, or it can't be read without a login"],
  ["nothing", "There is no such repository, or it can't be read without a login"],
])("%s, without a login: said in words that help, and nothing is left", async (name, message) => {
  const { server, clone, left } = await scene("private");
  await expect(clone(server.url(name))).rejects.toThrow(message);
  expect(left()).toEqual(NOTHING);
});

test("a wrong password is not repeated", async () => {
  const { server, clone } = await scene("private");
  const failure: Error = await clone(server.url("private", "ann:wrong-password")).then(
    () => expect.unreachable(),
    (error) => error,
  );
  expect(`${failure.message} ${failure.cause}`).not.toContain("wrong-password");
});

test("a host that is not there, or whose certificate nobody trusts, is told as such", async () => {
  const { server, home, clone, left } = await scene();
  await expect(clone("https://127.0.0.1:9/web.git")).rejects.toThrow("can't be reached");
  writeFileSync(join(home, ".gitconfig"), "");
  await expect(clone(server.url("web"))).rejects.toThrow("certificate");
  expect(left()).toEqual(NOTHING);
});

test("a server that says nothing is given up, and nothing is left", async () => {
  const { server, clone, left } = await scene();
  server.hold();
  await expect(clone(server.url("web"), { timeoutMs: 1_000 })).rejects.toThrow("more than 1 seconds");
  expect(left()).toEqual(NOTHING);
});

test("what is called off ends at once, and nothing is left", async () => {
  const { server, clone, left } = await scene();
  server.hold();
  const off = new AbortController();
  const cloning = clone(server.url("web"), { signal: off.signal });
  await expect.poll(() => server.requests.length).toBeGreaterThan(0);
  off.abort(new Error("called off"));
  await expect(cloning).rejects.toThrow("called off");
  expect(left()).toEqual(NOTHING);
});

test("nobody on the machine reads a login in a command line, and git does not get the bot's token", async () => {
  const { server, home, clone } = await scene();
  server.hold();
  const off = new AbortController();
  const cloning = clone(server.url("web", "ann:secret"), { signal: off.signal });
  await expect.poll(() => server.requests.length).toBeGreaterThan(0);
  const pids = processesWith(`HOME=${home}`);
  expect(pids.length).toBeGreaterThan(1);
  for (const pid of pids) {
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain("secret");
    expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("token-of-the-bot");
  }
  off.abort();
  await expect(cloning).rejects.toThrow();
});

test("a host without git is told as such", async () => {
  const { server, env, root } = await scene();
  const cloning = cloneRepository({
    url: repositoryUrl(server.url("web")) as RepositoryUrl,
    into: join(root, "web"),
    env: { ...env, PATH: root },
    launcher: [],
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  await expect(cloning).rejects.toThrow("git is not installed");
});
