import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRedactor } from "../../../core/secrets/redactor.ts";
import { findTokens } from "../../../core/secrets/token-shapes.ts";
import { type Finding, ok, problem } from "../finding.ts";

const FILES = [
  ".bash_history",
  ".zsh_history",
  ".zhistory",
  ".ash_history",
  ".sh_history",
  ".local/share/fish/fish_history",
];

/** What stands in a bot's commands, and is one of ours or looks like a login of Discord's or Claude's. */
const KINDS: ReadonlySet<string> = new Set(["Discord bot token", "Anthropic key"]);

/** Whether somebody typed a token into a shell, which keeps it. Only the place is told. */
export function checkHistory(homes: readonly string[], secrets: readonly string[]): Finding[] {
  const own = createRedactor({ secrets: () => secrets, hidesLooks: () => false });
  const holds = (line: string) => own.holdsOwn(line) || findTokens(line).some(({ name }) => KINDS.has(name));
  const files = [...new Set(homes)].flatMap((home) => FILES.map((name) => join(home, name)));
  const findings = files.flatMap((file) =>
    linesOf(file).flatMap((line, index) => {
      if (!holds(line)) return [];
      const message = `a token stands in a shell's history: ${file}, line ${index + 1}`;
      const fix = `sed -i '${index + 1}d' '${file}', in a new shell; then make a new token, since others may have read it`;
      return [problem("security.history", message, fix)];
    }),
  );
  return findings.length > 0 ? findings : [ok("security.history", "no token in a shell's history")];
}

function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    // Another user's: whoever can't read it can't be told of it.
    return [];
  }
}
