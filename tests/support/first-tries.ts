import type { Reporter, TestCase } from "vitest/node";

/**
 * Tells at once why a test failed, and why one that passed at its second try had failed at its first: of the latter,
 * vitest says no more than that it was tried again.
 */
export const firstTries: Reporter = {
  onTestCaseResult: (test: TestCase) => {
    const { errors = [] } = test.result();
    if (errors.length === 0) return;
    const what = test.diagnostic()?.flaky === true ? "failed at its first try" : "failed";
    const reasons = errors.map(
      ({ stack = "", message, diff = "" }) => `${ownLines(stack || message)}\n${diff}`,
    );
    process.stderr.write(
      `\n${test.module.relativeModuleId}: "${test.name}" ${what}\n${reasons.join("\n").replace(/^/gm, "    ")}\n`,
    );
  },
};

function ownLines(stack: string): string {
  const isForeign = (line: string) => /^\s+at .*(node_modules|<anonymous>)/.test(line);
  return stack
    .split("\n")
    .filter((line) => !isForeign(line))
    .join("\n");
}
