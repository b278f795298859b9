import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { isLoopback } from "../core/operations/loopback-address.ts";
import type { ConfigDocument, KeyPath } from "./document.ts";
import type { Findings } from "./findings.ts";
import { listenAddress } from "./listen-address.ts";
import { type Environment, expandHome } from "./paths.ts";
import type { LenientProject } from "./project-schema.ts";
import { pythonSettingsAreExplained } from "./python-settings.ts";
import type { LenientConfig } from "./schema.ts";

/** A project with the way to it in the file, whichever of the two forms it was written in. */
export interface PlacedProject {
  readonly path: KeyPath;
  /** Without what is wrong or missing in it. */
  readonly project: LenientProject;
}

/** What the rules look at. */
export interface RuleContext {
  readonly written: LenientConfig;
  readonly projects: readonly PlacedProject[];
  readonly document: ConfigDocument;
  /** The file's values as they were written. */
  readonly value: unknown;
  readonly unquoted: readonly KeyPath[];
  readonly env: Environment;
  readonly findings: Findings;
}

/** Checks what a schema cannot: that entries do not contradict each other, and that folders are there. */
export function checkRules(context: RuleContext): void {
  for (const rule of [
    channelsAreUnique,
    setupChannelIsNoProjects,
    namesAreUnique,
    projectDirsExist,
    foldersAreAbsolute,
    bypassHasTools,
    openListenerHasToken,
    idsAreQuoted,
    pythonSettingsAreExplained,
  ]) {
    rule(context);
  }
}

/** Both written forms of `projects` as one list. */
export function placedProjects(projects: LenientConfig["projects"]): PlacedProject[] {
  if (Array.isArray(projects))
    return projects.map((project, index) => ({ path: ["projects", index], project }));
  return Object.entries(projects).map(([key, settings]) => ({
    path: ["projects", key],
    project: { ...settings, name: settings.name ?? key },
  }));
}

function channelsAreUnique(context: RuleContext): void {
  unique(context, "channel_id", ({ project }) => project.channel_id, "A channel has one project.");
}

function setupChannelIsNoProjects({ written, projects, findings }: RuleContext): void {
  const owner = projects.find(({ project }) => project.channel_id === written.setup_channel);
  if (written.setup_channel === undefined || owner === undefined) return;
  findings.problem(
    ["setup_channel"],
    `${written.setup_channel} is the channel of ${owner.project.name ?? "a project"}`,
    "Projects are added from a channel of its own.",
  );
}

function namesAreUnique(context: RuleContext): void {
  unique(context, "name", ({ project }) => project.name, "Commands name a project by it.");
}

function unique(
  { projects, document, findings }: RuleContext,
  key: "channel_id" | "name",
  wordOf: (placed: PlacedProject) => string | undefined,
  why: string,
): void {
  const first = new Map<string, PlacedProject>();
  for (const placed of projects) {
    const value = wordOf(placed);
    if (value === undefined) continue;
    const other = first.get(value);
    if (!other) {
      first.set(value, placed);
      continue;
    }
    const { line } = document.placeOf([...other.path, key], "value");
    const owner = key === "name" ? "" : ` for ${other.project.name ?? "another project"}`;
    findings.problem([...placed.path, key], `${value} is already used${owner} in line ${line}`, why);
  }
}

function projectDirsExist({ projects, env, findings }: RuleContext): void {
  for (const { path, project } of projects) {
    if (project.project_dir === undefined) continue;
    const at = [...path, "project_dir"];
    const dir = expandHome(project.project_dir, env);
    if (!isAbsolute(dir)) {
      findings.problem(at, `expected an absolute path, found "${project.project_dir}"`);
    } else if (project.host === undefined) {
      const wrong = folderProblem(dir);
      if (wrong) findings.problem(at, `expected a folder, but ${dir} ${wrong.what}`, wrong.advice);
    }
  }
}

function folderProblem(dir: string): { what: string; advice?: string } | undefined {
  try {
    return statSync(dir).isDirectory() ? undefined : { what: "is not a folder" };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT") return { what: "does not exist", advice: `Run: mkdir -p '${dir}'` };
    return {
      what: `cannot be looked at (${code})`,
      advice: "The service's user needs to be able to enter it.",
    };
  }
}

function foldersAreAbsolute({ written, env, findings }: RuleContext): void {
  const check = (at: KeyPath, path: string | undefined) => {
    if (path !== undefined && !isAbsolute(expandHome(path, env))) {
      findings.problem(at, `expected an absolute path, found "${path}"`);
    }
  };
  check(["projects_root"], written.projects_root);
  check(["claude", "config_dir"], written.claude.config_dir);
}

/** Where nothing is asked, the list is the only limit there is; so an empty one leaves Claude with nothing. */
function bypassHasTools({ projects, findings }: RuleContext): void {
  for (const { path, project } of projects) {
    if (project.permission_mode !== "bypassPermissions" || project.allowed_tools?.length !== 0) continue;
    findings.warning(
      [...path, "permission_mode"],
      "under bypassPermissions Claude has only the tools in allowed_tools, and there are none",
      "List them: `allowed_tools: [Bash, Read, Write, Edit, Glob, Grep]`.",
    );
  }
}

/** Whoever reaches the page sees what people do and what it costs; beyond this machine that is anybody. */
function openListenerHasToken({ written, findings }: RuleContext): void {
  const { listen, token } = written.health;
  if (listen === undefined || token !== undefined) return;
  const { host } = listenAddress(listen);
  if (isLoopback(host)) return;
  findings.problem(
    ["health", "listen"],
    `${host} can be reached from other machines, which needs health.token`,
    "Add `token:` below it (openssl rand -hex 24), or listen on 127.0.0.1.",
  );
}

/**
 * We read an unquoted id with all its digits, but most programs that rewrite YAML round it. One that looks rounded
 * may have been through such a program already.
 */
function idsAreQuoted({ unquoted, document, findings }: RuleContext): void {
  for (const path of unquoted) {
    const node = document.nodeAt(path);
    const digits = String(node?.toJS(document.yaml));
    const rounded = String(Number(digits)) === digits;
    findings.warning(
      path,
      `put the id in quotes: "${digits}"`,
      rounded
        ? "It looks like one that a program has rounded: compare it with Copy Channel ID in Discord."
        : "Without them many programs round it when they rewrite the file.",
    );
  }
}
