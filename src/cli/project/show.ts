import type { ConfiguredProject } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import type { Budget } from "../../core/projects/budget.ts";
import type { AccessRule } from "../../core/projects/project.ts";
import { printFacts } from "../facts.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import { findProject } from "./find-project.ts";
import { projectJson } from "./project-json.ts";

/** Prints all settings of one project. Throws project_unknown. */
export function showProject(
  name: string,
  options: { json?: boolean; config?: string },
  terminal: Terminal,
): void {
  const { env } = terminal;
  const paths = findPaths({ env, configFlag: options.config });
  const { config } = loadConfig({ path: paths.config, env, needsToken: false });
  const project = findProject(config, name);
  if (options.json) printJson(terminal, projectJson(project));
  else printProject(terminal, project, config.access);
}

function printProject(terminal: Terminal, project: ConfiguredProject, general: AccessRule): void {
  printFacts(terminal, {
    Name: project.name,
    Channel: project.channelId,
    Folder: project.projectDir,
    Host: project.host,
    Model: project.model ?? "what the CLI chooses",
    "Permission mode": project.permissionMode,
    "Allowed tools": project.allowedTools.join(", ") || "none",
    Mention: project.mention,
    Access: project.access === undefined ? `general: ${accessText(general)}` : accessText(project.access),
    Budget: project.budget && budgetText(project.budget),
    "System prompt": project.systemPrompt,
  });
}

function budgetText({ perTurnUsd, perDayUsd }: Budget): string | undefined {
  const amounts = [
    ...(perTurnUsd === undefined ? [] : [`$${perTurnUsd} a turn`]),
    ...(perDayUsd === undefined ? [] : [`$${perDayUsd} a day`]),
  ];
  return amounts.join(", ") || undefined;
}

function accessText({ users, roles, everyone, bots = [] }: AccessRule): string {
  const others = bots.length === 0 ? "" : `; bots ${bots.join(", ")}`;
  if (everyone) return `everyone${others}`;
  const rules = [
    ...(users.length > 0 ? [`users ${users.join(", ")}`] : []),
    ...(roles.length > 0 ? [`roles ${roles.join(", ")}`] : []),
  ];
  return (rules.join("; ") || "members with Manage Server") + others;
}
