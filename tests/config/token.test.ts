import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkConfig } from "../../src/config/load.ts";
import { formatProblems } from "../../src/config/problems.ts";
import { tempDir } from "./temp-dir.ts";

function write(path: string, text: string, mode: number): string {
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** The token, or what is wrong, for a config file with this text and mode. */
function token(
  dir: string,
  text: string,
  { mode = 0o600, env = {} }: { mode?: number; env?: Record<string, string> } = {},
) {
  const path = write(join(dir, "config.yaml"), text, mode);
  const checked = checkConfig({ path, env });
  return checked.ok ? checked.config.discord.token : `${checked.code}\n${formatProblems(checked.problems)}`;
}

test("the order is DISCORD_TOKEN, systemd credential, token_file, token", () => {
  const dir = tempDir();
  const CREDENTIALS_DIRECTORY = join(dir, "credentials");
  mkdirSync(CREDENTIALS_DIRECTORY);
  write(join(CREDENTIALS_DIRECTORY, "discord-token"), "from-credential\n", 0o440);
  const file = write(join(dir, "token"), "from-file\n", 0o600);
  const withFile = `discord: { token_file: ${file} }\n`;
  expect(token(dir, withFile, { env: { DISCORD_TOKEN: "from-env", CREDENTIALS_DIRECTORY } })).toBe(
    "from-env",
  );
  expect(token(dir, withFile, { env: { CREDENTIALS_DIRECTORY } })).toBe("from-credential");
  expect(token(dir, "", { env: { CREDENTIALS_DIRECTORY } })).toBe("from-credential");
  expect(token(dir, withFile)).toBe("from-file");
  expect(token(dir, "discord: { token: from-config }\n")).toBe("from-config");
});

test("a token in a file that others can read is refused, with the command that helps", () => {
  const dir = tempDir();
  const path = join(dir, "config.yaml");
  expect(token(dir, "discord:\n  token: abc\n", { mode: 0o640, env: { DISCORD_TOKEN: "other" } })).toBe(
    `config_invalid
${path}:2:10: discord.token: expected a file that only its owner can read, since the token is in it, found mode 0640
  2 |   token: ***
    |          ^
  Run: chmod 600 '${path}'`,
  );
});

test("other secrets in a file that others can read are warned of", () => {
  const dir = tempDir();
  const path = write(join(dir, "config.yaml"), "claude: { env: { MY_API_KEY: abc, DEPTH: '1' } }\n", 0o644);
  const checked = checkConfig({ path, env: { DISCORD_TOKEN: "t" } });
  expect(checked.ok && formatProblems(checked.warnings)).toBe(
    `${path}:1:30: claude.env.MY_API_KEY: other users can read this, since the file has mode 0644
  1 | claude: { env: { MY_API_KEY: ***, DEPTH: '1' } }
    |                              ^
  Run: chmod 600 '${path}'`,
  );
});

test("a token on a line of its own is starred out as well", () => {
  expect(token(tempDir(), "discord:\n  token:\n    abc def\n")).toContain("\n  3 |     ***\n");
});

test("a config file without the token may be read by others", () => {
  expect(token(tempDir(), "restart: ask\n", { mode: 0o644, env: { DISCORD_TOKEN: "abc" } })).toBe("abc");
});

test("a token file that others can read is refused", () => {
  const dir = tempDir();
  const file = write(join(dir, "token"), "abc", 0o644);
  expect(token(dir, `discord: { token_file: ${file} }\n`)).toContain(
    `discord.token_file: expected a file that only its owner can read, found mode 0644\n`,
  );
});

test("a credential of systemd may be read by its group, and not by everyone", () => {
  const dir = tempDir();
  const env = { CREDENTIALS_DIRECTORY: dir };
  const file = write(join(dir, "another-name"), "abc", 0o440);
  const text = `discord: { token_file: ${file} }\n`;
  expect(token(dir, text, { env })).toBe("abc");
  chmodSync(file, 0o444);
  expect(token(dir, text, { env })).toContain("found mode 0444");
});

test.each([
  ["both ways", "discord: { token: a, token_file: /b }\n", "expected token or token_file, found both"],
  ["a file that is not there", "discord: { token_file: /no/token }\n", "but /no/token does not exist"],
  [
    "a relative path",
    "discord: { token_file: token }\n",
    "expected the absolute path of a file that holds the token",
  ],
  ["the word Bot", "discord: { token: Bot abc }\n", 'expected the token alone, found "Bot" before it'],
  [
    "the example's text",
    "discord: { token: paste it here }\n",
    "expected a token in one piece, found spaces",
  ],
])("%s is refused", (_, text, message) => {
  const said = token(tempDir(), text);
  expect(said).toContain("config_invalid\n");
  expect(said).toContain(message);
  expect(said).not.toContain("there is no bot token");
});

test("an empty token file is refused", () => {
  const dir = tempDir();
  const file = write(join(dir, "token"), "\n", 0o600);
  expect(token(dir, `discord: { token_file: ${file} }\n`)).toContain(
    `expected the token in ${file}, found an empty file`,
  );
});

test("no token at all is token_missing, and no matter where none is needed", () => {
  const dir = tempDir();
  const path = join(dir, "config.yaml");
  expect(token(dir, "discord: { token: }\n")).toBe(
    `token_missing\n${path}: there is no bot token
  Write it to discord.token (the file with mode 0600) or set DISCORD_TOKEN. It is shown once in Discord's developer portal, under Bot, Reset Token.`,
  );
  expect(checkConfig({ path, env: {}, needsToken: false })).toMatchObject({
    ok: true,
    config: { discord: { token: "" } },
  });
});
