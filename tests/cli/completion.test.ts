import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cliFixture } from "../support/cli.ts";
import { tempDir } from "../support/temp-dir.ts";

/** What bash offers for these words, the last of which is being typed. */
async function offeredByBash(...words: string[]): Promise<string[]> {
  const { stdout } = await cliFixture().run(["completion", "bash"]);
  const file = join(tempDir(), "completion");
  writeFileSync(file, stdout);
  const script = `set -u; source "$1"; shift
COMP_WORDS=(claude-coord "$@"); COMP_CWORD=$#; _claude_coord; printf '%s\\n' "\${COMPREPLY[@]-}"`;
  const offered = execFileSync("bash", ["-c", script, "bash", file, ...words], { encoding: "utf8" });
  return offered.split("\n").filter((word) => word !== "");
}

test("bash offers the commands, and those that begin as typed", async () => {
  expect(await offeredByBash("")).toEqual(expect.arrayContaining(["serve", "project", "sessions", "doctor"]));
  expect(await offeredByBash("pro")).toEqual(["project"]);
});

test("bash knows where on the line it is, whatever else was given", async () => {
  expect(await offeredByBash("project", "")).toEqual(["add", "remove", "ls", "show", "--help"]);
  const flags = await offeredByBash("project", "add", "web", "--model", "opus", "--");
  expect(flags).toEqual(expect.arrayContaining(["--channel", "--permission-mode", "--json"]));
  expect(flags).not.toContain("--follow");
});

test("bash offers what a flag may be, and leaves files to the shell where it may be anything", async () => {
  const modes = ["default", "acceptEdits", "plan", "bypassPermissions"];
  expect(await offeredByBash("project", "add", "--permission-mode", "")).toEqual(modes);
  expect(await offeredByBash("config", "check", "-c", "")).toEqual([]);
});

test.each(["bash", "zsh", "fish"])(
  "the script for %s names every command and flag of the program",
  async (shell) => {
    const { run } = cliFixture();
    const { stdout } = await run(["completion", shell]);
    const help = async (...path: string[]): Promise<string[]> => {
      const text = (await run([...path, "--help"])).stdout;
      const flags = [...text.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map((match) => match[1] ?? "");
      const [, list = ""] = text.split("\nCommands:\n");
      const commands = [...list.matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1] ?? "");
      const own = commands.filter((name) => name !== "help");
      return [...flags, ...own, ...(await Promise.all(own.map((name) => help(...path, name)))).flat()];
    };
    const names = await help();
    expect(names.length).toBeGreaterThan(40);
    for (const name of names) expect(stdout).toContain(name);
  },
);

test("a shell that is not known is refused", async () => {
  const { code, stderr } = await cliFixture().run(["completion", "csh"]);
  expect(code).toBe(2);
  expect(stderr).toContain("bash, zsh, fish");
});
