import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { cliFixture } from "../support/cli.ts";

/** The words of every command that does something. */
function leaves(command: Command, path: string[] = []): string[][] {
  if (command.commands.length === 0) return [path];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}

// `service` has tests of its own.
const commands = leaves(await createProgram({} as Terminal)).filter(([noun]) => noun !== "service");

test.each(commands)(
  "%s %s: --help has a description and an example that begins with its own name",
  async (...path) => {
    const words = path.filter((word) => word !== undefined);
    const { code, stdout, stderr } = await cliFixture().run([...words, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: .*\n\n\S/);
    expect(stdout).toMatch(new RegExp(`\\n +(sudo |[A-Z]+=\\S+ )?claude-coord ${words.join(" ")}`));
  },
);

test.each([
  { args: ["frobnicate"] },
  { args: ["project", "frobnicate"] },
  { args: ["project", "ls", "--frobnicate"] },
  { args: ["project", "show"] },
  { args: ["project"] },
])("$args is a mistake: exit code 2, told on stderr, with the way to help", async ({ args }) => {
  const { code, stdout, stderr } = await cliFixture().run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("--help");
});

test("--version loads nothing, --help the parser alone, so they answer at once", async () => {
  const fixture = cliFixture();
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ resolve: (name, context, next) => {
      const found = next(name, context);
      const [, library] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(found.url) ?? [];
      if (library !== undefined) process.stderr.write(library + " ");
      return found;
    } })`;
  fixture.env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
  const version = await fixture.runBinary(["--version"]);
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
  const { code, stderr: loaded } = await fixture.runBinary(["--help"]);
  expect(code).toBe(0);
  expect(new Set(loaded.trim().split(" "))).toEqual(new Set(["commander"]));
  const { stderr } = await fixture.runBinary(["config", "check"]);
  expect(stderr).toContain("zod");
});
