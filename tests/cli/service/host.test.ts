import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canMountProc } from "../../../src/cli/service/can-mount-proc.ts";
import { usesClaudeSandbox } from "../../../src/cli/service/claude-sandbox.ts";
import { toolPath } from "../../../src/cli/service/tool-path.ts";
import { tempDir } from "../../support/temp-dir.ts";

test("the service's PATH has what its user can see, and the system's directories at the end", () => {
  const path = toolPath({
    callersPath: "relative:/root/.cargo/bin:/does/not/exist:/usr/bin:/x/node_modules/.bin:/usr/share",
    node: "/usr/local/node/bin/node",
    home: "/home/discord-bot",
    isSystemUnit: true,
  });
  expect(path).toBe(
    "/home/discord-bot/.local/bin:/usr/local/node/bin:/usr/bin:/usr/share:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin",
  );
});

test("Claude Code's sandbox counts when the user or a project has switched it on", () => {
  const home = tempDir();
  const project = tempDir();
  const uses = () => usesClaudeSandbox(home, [{ projectDir: project }]);
  expect(uses()).toBe(false);
  mkdirSync(join(project, ".claude"));
  writeFileSync(join(project, ".claude/settings.local.json"), "not JSON");
  expect(uses()).toBe(false);
  writeFileSync(join(project, ".claude/settings.local.json"), '{"sandbox":{"enabled":true}}');
  expect(uses()).toBe(true);
});

test("a host on which systemd can't mount a /proc is told by the trial's end", async () => {
  const trial = (code: number, stderr: string) =>
    canMountProc({
      isRoot: true,
      run: async () => ({ code, stdout: "", stderr }),
    });
  expect(await trial(0, "")).toBe(true);
  expect(await trial(226, "")).toBe(false);
  // No systemd-run, or none that answers: nothing is known.
  expect(await trial(127, "")).toBe(true);
});
