import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** The members of a union of string literals, as its source has them. */
function members(source: string, type: string): string[] {
  const declaration = new RegExp(`export type ${type} =[^;]*;`).exec(source)?.[0] ?? "";
  return [...declaration.matchAll(/"([a-z_]+)"/g)].map(([, member]) => member ?? "");
}

test.each([
  ["src/core/operations/errors.ts", "ErrorCode"],
  ["src/core/agents/agent.ts", "AgentFailureCode"],
  ["src/core/turns/turn.ts", "FailureCode"],
])("docs/troubleshooting.md has an entry for each code in %s", (file, type) => {
  const codes = members(read(file), type);
  const documented = read("docs/troubleshooting.md");
  expect(codes.length).toBeGreaterThan(2);
  expect(codes.filter((code) => !documented.includes(`\`${code}\``))).toEqual([]);
});

test("every link of README and docs to a file of ours leads somewhere", () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/troubleshooting.md",
    "docs/decisions.md",
    "docs/security.md",
  ];
  for (const page of pages) {
    for (const [, target = ""] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      expect(() => read(`${page.includes("/") ? "docs/" : ""}${target}`), `${page}: ${target}`).not.toThrow();
    }
  }
});
