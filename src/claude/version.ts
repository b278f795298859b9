/** The oldest CLI that speaks all of the protocol that we use. */
export const OLDEST_VERSION = "2.1.300";
/** The newest CLI that our contract tests have passed with; a newer one is expected to work and is told about. */
export const NEWEST_TESTED_VERSION = "2.1.330";

/** The version in what `claude --version` prints, such as `2.1.330 (Claude Code)`; undefined when there is none. */
export function parseVersion(output: string): string | undefined {
  return /\b\d+\.\d+\.\d+/.exec(output)?.[0];
}

/** Where a version stands in the range that we know. */
export function judgeVersion(version: string): "too_old" | "tested" | "newer_than_tested" {
  if (compare(version, OLDEST_VERSION) < 0) return "too_old";
  return compare(version, NEWEST_TESTED_VERSION) > 0 ? "newer_than_tested" : "tested";
}

function compare(left: string, right: string): number {
  const rightParts = right.split(".").map(Number);
  const differences = left.split(".").map((part, index) => Number(part) - (rightParts[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
