import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorktreeGit } from "../../src/git/worktrees.ts";
import { tempDir } from "../support/temp-dir.ts";

const { signal } = new AbortController();

/** A repository with one commit, and a working copy of it that is about to be made. */
function scene({ below = "" }: { below?: string } = {}) {
  const home = tempDir();
  const env = { HOME: home, PATH: process.env.PATH, DISCORD_TOKEN: "token-of-the-bot" };
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", args, {
      cwd,
      env: { ...env, GIT_CONFIG_NOSYSTEM: "1" },
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  writeFileSync(join(home, ".gitconfig"), "[user]\nname = ann\nemail = ann@example.org\n");
  const top = join(home, "web");
  const projectDir = join(top, below);
  mkdirSync(projectDir, { recursive: true });
  git(top, "init", "-q", "-b", "main");
  const commit = (cwd: string, file: string) => {
    writeFileSync(join(cwd, file), file);
    git(cwd, "add", "-A");
    git(cwd, "commit", "-q", "-m", `add ${file}`);
  };
  commit(projectDir, "readme.md");
  const path = join(home, "worktrees", "1234");
  const tree = {
    threadId: "1234",
    projectName: "web",
    projectDir,
    path,
    directory: join(path, below),
    branch: "claude/login-1234",
  };
  const trees = createWorktreeGit({ env: async () => env, launcher: async () => [], timeoutMs: 60_000 });
  return { home, top, projectDir, tree, trees, git, commit };
}

test("a working copy has its branch, and is removed with it when nothing is lost", async () => {
  const { projectDir, tree, trees, git } = scene();
  await trees.add(tree, undefined, signal);
  expect(readFileSync(join(tree.path, "readme.md"), "utf8")).toBe("readme.md");
  expect(git(tree.path, "branch", "--show-current")).toBe(tree.branch);
  expect(await trees.remove(tree, signal)).toBeUndefined();
  expect(existsSync(tree.path)).toBe(false);
  expect(git(projectDir, "branch", "--list", "claude/*")).toBe("");
  expect(git(projectDir, "worktree", "list").split("\n")).toHaveLength(1);
});

test("what is not committed or not merged stays, and is named; once it is merged it may go", async () => {
  const { projectDir, tree, trees, git, commit } = scene();
  await trees.add(tree, undefined, signal);
  commit(tree.path, "login.js");
  writeFileSync(join(tree.path, "draft é.md"), "not yet");
  writeFileSync(join(tree.path, "readme.md"), "changed");
  const left = await trees.remove(tree, signal);
  expect(left?.uncommitted).toEqual(["readme.md", "draft é.md"]);
  expect(left?.unmerged).toEqual([expect.stringMatching(/^[0-9a-f]{7,} add login\.js$/)]);
  expect(readFileSync(join(tree.path, "draft é.md"), "utf8")).toBe("not yet");

  git(tree.path, "checkout", "-q", "--", "readme.md");
  rmSync(join(tree.path, "draft é.md"));
  expect(await trees.remove(tree, signal)).toEqual({ uncommitted: [], unmerged: left?.unmerged });
  git(projectDir, "merge", "-q", tree.branch);
  expect(await trees.remove(tree, signal)).toBeUndefined();
  expect(readFileSync(join(projectDir, "login.js"), "utf8")).toBe("login.js");
});

test("commits on no branch at all count as unmerged too", async () => {
  const { tree, trees, git, commit } = scene();
  await trees.add(tree, undefined, signal);
  git(tree.path, "checkout", "-q", "--detach");
  commit(tree.path, "lost.js");
  expect((await trees.remove(tree, signal))?.unmerged).toEqual([expect.stringContaining("add lost.js")]);
  expect(existsSync(tree.path)).toBe(true);
});

test("what the project's upstream has is merged, whatever is checked out", async () => {
  const { home, projectDir, tree, trees, git, commit } = scene();
  const origin = join(home, "origin.git");
  git(home, "clone", "-q", "--bare", projectDir, origin);
  git(projectDir, "remote", "add", "origin", origin);
  git(projectDir, "fetch", "-q");
  git(projectDir, "branch", "-q", "--set-upstream-to=origin/main");
  await trees.add(tree, undefined, signal);
  commit(tree.path, "login.js");
  git(tree.path, "push", "-q", "origin", "HEAD:main");
  git(projectDir, "fetch", "-q");
  expect(await trees.remove(tree, signal)).toBeUndefined();
});

test("one that a crash cut short is made whole", async () => {
  const { projectDir, tree, trees, git } = scene();
  git(projectDir, "worktree", "add", "-q", "-b", tree.branch, tree.path);
  git(projectDir, "worktree", "lock", tree.path);
  rmSync(join(tree.path, "readme.md"));
  await trees.add(tree, "begun", signal);
  expect(readFileSync(join(tree.path, "readme.md"), "utf8")).toBe("readme.md");
});

test("one whose folder is lost is made again from its branch", async () => {
  const { tree, trees, commit } = scene();
  await trees.add(tree, undefined, signal);
  commit(tree.path, "login.js");
  rmSync(tree.path, { recursive: true });
  expect((await trees.unsaved(tree, signal)).unmerged).toHaveLength(1);
  await trees.add(tree, "lost", signal);
  expect(readFileSync(join(tree.path, "login.js"), "utf8")).toBe("login.js");
});

test("a project below the top of its repository is found again in the copy", async () => {
  const { projectDir, tree, trees } = scene({ below: "apps/web" });
  expect(await trees.prefix(projectDir, signal)).toBe("apps/web");
  await trees.add(tree, undefined, signal);
  expect(readFileSync(join(tree.directory, "readme.md"), "utf8")).toBe("readme.md");
});

test("neither hooks nor programs that the repository names are run, and git does not see the bot's token", async () => {
  const { home, projectDir, tree, trees, git } = scene();
  const ran = join(home, "ran");
  for (const hook of ["post-checkout", "reference-transaction"]) {
    writeFileSync(join(projectDir, ".git", "hooks", hook), `#!/bin/sh\nenv >> ${ran}\n`, { mode: 0o755 });
  }
  git(projectDir, "config", "core.fsmonitor", `env >> ${ran};`);
  await trees.add(tree, undefined, signal);
  await trees.remove(tree, signal);
  expect(existsSync(ran)).toBe(false);
});

test("where there is no repository, or nothing in it, a person reads what to do", async () => {
  const { home, trees, git } = scene();
  const folder = join(home, "plain");
  mkdirSync(folder);
  await expect(trees.prefix(folder, signal)).rejects.toMatchObject({
    code: "worktree_failed",
    message: expect.stringContaining("is no git repository"),
  });
  git(folder, "init", "-q");
  await expect(trees.prefix(folder, signal)).rejects.toThrow("Nothing is committed");
  await expect(trees.prefix(join(home, "nowhere"), signal)).rejects.toThrow("is not there");
});
