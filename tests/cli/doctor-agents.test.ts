import { expect, test } from "vitest";
import { checkAgents } from "../../src/cli/doctor/check-agents.ts";

test.each([
  ["auto", 7, "ok", "7 at once"],
  [4, 7, "ok", "4 at once"],
  [9, 7, "warning", "allows 7"],
] as const)("max_agents %s where %i fit is %s", (configured, fitting, status, words) => {
  const finding = checkAgents(configured, fitting);
  expect(finding.status).toBe(status);
  expect(finding.message).toContain(words);
});
