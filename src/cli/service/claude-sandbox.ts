import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Whether Claude Code's own sandbox is switched on in the user's settings or in those of a project. */
export function usesClaudeSandbox(
  home: string,
  projects: readonly { readonly projectDir: string }[],
): boolean {
  const files = [home, ...projects.map(({ projectDir }) => projectDir)].flatMap((directory) => [
    join(directory, ".claude/settings.json"),
    join(directory, ".claude/settings.local.json"),
  ]);
  return files.some(isSandboxEnabled);
}

function isSandboxEnabled(file: string): boolean {
  try {
    const settings = JSON.parse(readFileSync(file, "utf8")) as { sandbox?: { enabled?: unknown } } | null;
    return settings?.sandbox?.enabled === true;
  } catch {
    // Most projects have none, and a damaged one is for the CLI to complain about.
    return false;
  }
}
