import type { ConfiguredProject } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import { printJson } from "../print-json.ts";
import { type Column, printTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { projectJson } from "./project-json.ts";

/** Prints the projects in the order of the file. */
export function listProjects(options: { json?: boolean; config?: string }, terminal: Terminal): void {
  const { env } = terminal;
  const { config } = findPaths({ env, configFlag: options.config });
  const { projects } = loadConfig({ path: config, env, needsToken: false }).config;
  if (options.json) printJson(terminal, projects.map(projectJson));
  else if (projects.length === 0) terminal.explain("No projects yet. Add one with: claude-coord project add");
  else printTable(terminal, COLUMNS, projects);
}

const COLUMNS: readonly Column<ConfiguredProject>[] = [
  { title: "NAME", value: ({ name }) => name },
  { title: "CHANNEL", value: ({ channelId }) => channelId, whole: true },
  { title: "FOLDER", value: ({ projectDir }) => projectDir },
  { title: "MODEL", value: ({ model }) => model ?? "-" },
  { title: "PERMISSIONS", value: ({ permissionMode }) => permissionMode },
  { title: "ALLOWED TOOLS", value: ({ allowedTools }) => allowedTools.join(", ") || "-" },
];
