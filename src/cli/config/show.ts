import { stringify } from "yaml";
import { loadConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import { shownConfig } from "../../config/shown.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import type { ConfigOptions } from "./config-options.ts";

/** Prints the valid config with its defaults, as YAML or JSON; secrets never appear. */
export function showConfig(options: ConfigOptions, terminal: Terminal): void {
  const { env } = terminal;
  const { config } = findPaths({ env, configFlag: options.config });
  const shown = shownConfig(loadConfig({ path: config, env, needsToken: false }).document);
  if (options.json) printJson(terminal, shown);
  else terminal.stdout.write(stringify(shown, { lineWidth: 0 }));
  const set = ["DISCORD_TOKEN", "LOG_LEVEL"].filter((name) => env[name]);
  for (const name of set) terminal.explain(`${name} is set in this shell and goes before the file.`);
}
