import type { CheckedConfig } from "../../config/load.ts";
import { type Problem, problemLine } from "../../config/problems.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Signs that the service has a token which this shell does not have. */
export interface TokenElsewhere {
  /** A daemon runs, so it has had one. */
  readonly isRunning: boolean;
  /** The file that systemd gives it to the service from. */
  readonly unitTokenFile: string | undefined;
}

/** What `config check` says, as findings, and whether there is a token. */
export function checkConfigFile(checked: CheckedConfig, path: string, elsewhere: TokenElsewhere): Finding[] {
  if (!checked.ok) return checked.problems.map((each) => problem("config", text(each), fixOf(each)));
  const { projects, discord } = checked.config;
  const warnings = checked.warnings.map((each) => warning("config", text(each), fixOf(each)));
  const findings = [ok("config", `${path}: ${projects.length} projects`), ...warnings];
  if (projects.length === 0) {
    findings.push(
      warning("config.projects", "no project: the bot answers nowhere", "claude-coord project add"),
    );
  }
  return discord.token === "" ? [...findings, tokenFinding(elsewhere)] : findings;
}

function tokenFinding({ isRunning, unitTokenFile }: TokenElsewhere): Finding {
  const message = "no bot token in the config or in this shell";
  if (unitTokenFile === undefined && !isRunning) {
    return problem("config.token", message, "claude-coord config edit, and set discord.token");
  }
  const token = unitTokenFile === undefined ? "…" : `"$(sudo cat '${unitTokenFile}')"`;
  return warning(
    "config.token",
    `${message}, so Discord was not asked; the service has its own`,
    `DISCORD_TOKEN=${token} claude-coord doctor`,
  );
}

function text(each: Problem): string {
  return problemLine({ ...each, advice: undefined });
}

function fixOf({ advice }: Problem): string {
  return advice ?? "claude-coord config edit";
}
