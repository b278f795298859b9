import { checkConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import { formatProblems, type Problem } from "../../config/problems.ts";
import { CoordError, exitCode } from "../../core/operations/errors.ts";
import { ExitError } from "../exit.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import type { ConfigOptions } from "./config-options.ts";

/** Tells all problems and warnings of config.yaml. Ends with 78 if there is a problem. */
export function checkCommand(options: ConfigOptions, terminal: Terminal): void {
  const { env } = terminal;
  const { config: path } = findPaths({ env, configFlag: options.config });
  const checked = checkConfig({ path, env, needsToken: false });
  const problems = checked.ok ? [] : checked.problems;
  const warnings = checked.ok ? checked.warnings : [];
  const found = {
    ok: checked.ok,
    file: path,
    problems: problems.map(problemJson),
    warnings: warnings.map(problemJson),
  };
  if (options.json) printJson(terminal, found);
  else
    for (const list of [problems, warnings])
      if (list.length > 0) terminal.explain(`${formatProblems(list)}\n`);

  if (!checked.ok) {
    const said = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw new ExitError(exitCode(new CoordError(checked.code, "")), `${path}: ${said}.`);
  }
  const { projects, discord } = checked.config;
  terminal.explain(`${path} is valid. Projects: ${projects.length}.`);
  if (discord.token === "") {
    terminal.explain(
      "It has no bot token: the service must get it from DISCORD_TOKEN or a systemd credential.",
    );
  }
}

function problemJson({ source, place, key, message, advice }: Problem): object {
  return {
    source,
    line: place?.line ?? null,
    column: place?.column ?? null,
    key,
    message,
    advice: advice ?? null,
  };
}
