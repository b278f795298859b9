import type { CheckedConfig } from "../../config/load.ts";
import { type Problem, problemLine } from "../../config/problems.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** What `config check` says, as findings. `isRunning`: a daemon runs, so it has had a token. */
export function checkConfigFile(checked: CheckedConfig, path: string, isRunning: boolean): Finding[] {
  if (!checked.ok) return checked.problems.map((each) => problem("config", text(each), fixOf(each)));
  const { projects, discord } = checked.config;
  const warnings = checked.warnings.map((each) => warning("config", text(each), fixOf(each)));
  const findings = [ok("config", `${path}: ${projects.length} projects`), ...warnings];
  if (projects.length === 0) {
    findings.push(
      warning("config.projects", "no project: the bot answers nowhere", "claude-coord project add"),
    );
  }
  if (discord.token !== "") return findings;
  const message = "no bot token in the config or in this shell";
  return [
    ...findings,
    isRunning
      ? warning(
          "config.token",
          `${message}; the running bot has its own`,
          "To check it: DISCORD_TOKEN=… claude-coord doctor",
        )
      : problem("config.token", message, "claude-coord config edit, and set discord.token"),
  ];
}

function text(each: Problem): string {
  return problemLine({ ...each, advice: undefined });
}

function fixOf({ advice }: Problem): string {
  return advice ?? "claude-coord config edit";
}
