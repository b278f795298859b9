import { type Finding, ok, problem } from "./finding.ts";

/** Whether this Node is one that the package supports; as bin/claude-coord.js has it. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const isNewEnough =
    major >= 26 ||
    (major === 24 && minor >= 15) ||
    (major === 22 && (minor > 22 || (minor === 22 && patch >= 2)));
  return isNewEnough
    ? ok("node", `Node ${version}`)
    : problem(
        "node",
        `Node ${version} is not supported: it takes 22.22.2 or newer, 24.15 or newer, or 26 and up.`,
        "Install a current one from https://nodejs.org/en/download",
      );
}
