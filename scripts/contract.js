// Runs the contract tests, on another version of the CLI with `npm run contract -- --claude PATH`.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { claude: { type: "string" } } });
const env = values.claude === undefined ? {} : { CLAUDE_CONTRACT_BINARY: resolve(values.claude) };
const { status } = spawnSync("vitest", ["run", "--project", "real", "tests/contract"], {
  env: { ...process.env, ...env },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
