import { findPaths } from "../../config/paths.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import type { ConfigOptions } from "./config-options.ts";

/** Prints where config.yaml is or would be. */
export function printPath(options: ConfigOptions, terminal: Terminal): void {
  const paths = findPaths({ env: terminal.env, configFlag: options.config });
  if (options.json) printJson(terminal, paths);
  else terminal.stdout.write(`${paths.config}\n`);
}
