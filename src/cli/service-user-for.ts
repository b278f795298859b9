import { existsSync } from "node:fs";
import { type Environment, findPaths } from "../config/paths.ts";
import { unitUser } from "./service/unit-user.ts";

/**
 * Where root set up a service for a user of its own, root's commands about the bot run as that user: they find its
 * home, and leave no file of root's in it. Undefined when the words are about root's own, or about the machine.
 */
export function serviceUserFor(
  words: readonly string[],
  env: Environment,
  userId: number | undefined,
  unitFile?: string,
): string | undefined {
  if (userId !== 0 || !ABOUT_THE_BOT.has(words[0] ?? "")) return undefined;
  if (env.CLAUDE_COORD_HOME || env.CONFIG_PATH || words.some((word) => /^--config\b/.test(word)))
    return undefined;
  return existsSync(findPaths({ env }).config) ? undefined : unitUser(unitFile);
}

/** The others make the machine as the bot needs it, or begin something new. */
const ABOUT_THE_BOT: ReadonlySet<string> = new Set([
  "status",
  "project",
  "sessions",
  "config",
  "doctor",
  "logs",
  "errors",
  "audit",
  "usage",
  "backup",
  "restore",
]);
