import { readFileSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { KeyPath } from "./document.ts";
import type { Findings } from "./findings.ts";
import { type Environment, expandHome } from "./paths.ts";
import type { ValidConfig } from "./schema.ts";
import { isSecretName } from "./secrets.ts";

/** systemd's LoadCredential= puts it into $CREDENTIALS_DIRECTORY under this name. */
const CREDENTIAL = "discord-token";

const TOKEN_KEY: KeyPath = ["discord", "token"];
const TOKEN_FILE_KEY: KeyPath = ["discord", "token_file"];

/**
 * The bot's token from, in this order: DISCORD_TOKEN, a systemd credential, `token_file`, `token`. Undefined when
 * none of them has one. What is wrong with any of them is reported, also when another one is used.
 */
export function findToken({
  discord,
  file,
  fileMode,
  env,
  findings,
}: {
  discord: ValidConfig["discord"];
  file: string;
  /** Permission bits of the config file. */
  fileMode: number;
  env: Environment;
  findings: Findings;
}): string | undefined {
  if (discord.token !== undefined && discord.token_file !== undefined) {
    findings.problem(TOKEN_FILE_KEY, "expected token or token_file, found both", "Remove one of the two.");
  }
  if (discord.token !== undefined && isOpen(fileMode)) {
    findings.problem(
      TOKEN_KEY,
      `expected a file that only its owner can read, since the token is in it, found mode ${octal(fileMode)}`,
      `Run: chmod 600 '${file}'`,
    );
  }
  const fromFile =
    discord.token_file === undefined ? undefined : tokenFromFile(discord.token_file, env, findings);
  const inConfig = discord.token === undefined ? undefined : checked(discord.token, TOKEN_KEY, findings);
  return tokenFromEnvironment(env, findings) ?? tokenFromCredential(env) ?? fromFile ?? inConfig;
}

/** Warns of other secrets that the file holds while others can read it. */
export function checkSecrets({
  variables,
  file,
  fileMode,
  findings,
}: {
  variables: Readonly<Record<string, string>>;
  file: string;
  fileMode: number;
  findings: Findings;
}): void {
  for (const name of Object.keys(variables)) {
    if (!isOpen(fileMode) || !isSecretName(name)) continue;
    findings.warning(
      ["claude", "env", name],
      `other users can read this, since the file has mode ${octal(fileMode)}`,
      `Run: chmod 600 '${file}'`,
    );
  }
}

function tokenFromEnvironment(env: Environment, findings: Findings): string | undefined {
  const token = env.DISCORD_TOKEN?.trim();
  if (!token) return undefined;
  const wrong = tokenSlip(token);
  if (wrong) findings.environmentProblem("DISCORD_TOKEN", wrong);
  return token;
}

function tokenFromCredential(env: Environment): string | undefined {
  const folder = env.CREDENTIALS_DIRECTORY;
  if (!folder) return undefined;
  try {
    return readFileSync(join(folder, CREDENTIAL), "utf8").trim() || undefined;
  } catch {
    // Not every unit with credentials has this one.
    return undefined;
  }
}

function tokenFromFile(written: string, env: Environment, findings: Findings): string | undefined {
  const path = expandHome(written, env);
  if (!isAbsolute(path)) {
    // Not what was found: it may be the token itself, put into the wrong key.
    findings.problem(TOKEN_FILE_KEY, "expected the absolute path of a file that holds the token");
    return undefined;
  }
  try {
    const { mode } = statSync(path);
    // systemd guards the folder of its credentials itself and gives the files 0400 or 0440.
    const isCredential = env.CREDENTIALS_DIRECTORY && dirname(path) === resolve(env.CREDENTIALS_DIRECTORY);
    if (isCredential ? (mode & 0o007) !== 0 : isOpen(mode)) {
      findings.problem(
        TOKEN_FILE_KEY,
        `expected a file that only its owner can read, found mode ${octal(mode)}`,
        `Run: chmod 600 '${path}'`,
      );
    }
    const token = readFileSync(path, "utf8").trim();
    if (!token) findings.problem(TOKEN_FILE_KEY, `expected the token in ${path}, found an empty file`);
    return token ? checked(token, TOKEN_FILE_KEY, findings) : undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    findings.problem(
      TOKEN_FILE_KEY,
      `expected a file with the token, but ${path} ${code === "ENOENT" ? "does not exist" : `cannot be read (${code})`}`,
    );
    return undefined;
  }
}

function checked(token: string, at: KeyPath, findings: Findings): string {
  const trimmed = token.trim();
  const wrong = tokenSlip(trimmed);
  if (wrong) findings.problem(at, wrong);
  return trimmed;
}

/** Only what can't be a token is refused: Discord itself says whether it is the right one. */
export function tokenSlip(token: string): string | undefined {
  if (/^bot\s/i.test(token)) return 'expected the token alone, found "Bot" before it';
  return /[^\x21-\x7e]/.test(token) || token === ""
    ? "expected a token in one piece, found spaces or other signs in it"
    : undefined;
}

function isOpen(mode: Stats["mode"]): boolean {
  return (mode & 0o077) !== 0;
}

function octal(mode: number): string {
  return `0${(mode & 0o777).toString(8).padStart(3, "0")}`;
}
