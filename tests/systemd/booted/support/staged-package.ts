import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const INSTALLED = "/usr/lib/node_modules/claude-coord";

let staged: string | undefined;

/** What a container needs to have claude-coord, node and claude: pairs of a path here and its path there. */
export function stagedPackage(): (readonly [from: string, to: string])[] {
  staged ??= build();
  return [
    [staged, INSTALLED],
    [realpathSync(join(ROOT, "node_modules")), join(INSTALLED, "node_modules")],
    [realpathSync(join(ROOT, "node_modules/.bin/node")), "/usr/bin/node"],
    [realpathSync(join(ROOT, "node_modules/.bin/claude")), "/usr/bin/claude"],
  ];
}

/** Takes away what stagedPackage built; for afterAll. */
export function removeStagedPackage(): void {
  if (staged !== undefined) rmSync(staged, { recursive: true });
  staged = undefined;
}

/** Built beside dist/, so that a build at the same time can't take it away. */
function build(): string {
  const folder = mkdtempSync(join(tmpdir(), "claude-coord-package-"));
  try {
    const compiled = ["--project", "tsconfig.build.json", "--outDir", join(folder, "dist")];
    execFileSync(join(ROOT, "node_modules/.bin/tsc"), compiled, { cwd: ROOT, stdio: "inherit" });
    for (const part of ["bin", "systemd", "package.json"]) {
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    }
    mkdirSync(join(folder, "node_modules"));
    // mkdtemp gives 0700, and the service runs as another user.
    execFileSync("chmod", ["-R", "a+rX", folder]);
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}
