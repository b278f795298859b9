import { InvalidArgumentError, Option } from "commander";

/** The flag with which each command takes another config file. */
export function configOption(): Option {
  return new Option("-c, --config <file>", "the config file (default: ~/.claude-coordinator/config.yaml)");
}

/** The flag of everything that lists or shows. */
export function jsonOption(): Option {
  return new Option("--json", "print JSON, for scripts");
}

/** The flag that answers the question beforehand. */
export function yesOption(): Option {
  return new Option("-y, --yes", "do not ask");
}

/** Adds the tools of one `--allowed-tools` to those before. Commas in brackets belong to a rule: `Bash(git log, git diff)`. */
export function collectTools(written: string, before: readonly string[] = []): string[] {
  const tools = written.split(/,(?![^(]*\))/).map((tool) => tool.trim());
  return [...before, ...tools.filter((tool) => tool !== "")];
}

/** A length of time on the command line, in ms. */
export function durationOption(written: string): number {
  const [, amount, unit] = /^(\d{1,4})(s|m|h)$/.exec(written) ?? [];
  if (amount === undefined) throw new InvalidArgumentError("Expected a time such as 30s, 5m or 1h.");
  return Number(amount) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as "s" | "m" | "h"];
}
