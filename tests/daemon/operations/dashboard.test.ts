import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { createActivity } from "../../../src/core/operations/activity.ts";
import { createMetrics } from "../../../src/http/metrics/metrics.ts";

const read = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

function knownNames(): Set<string> {
  const metrics = createMetrics({
    activity: createActivity(Date.now),
    now: Date.now,
    openTurns: () => ({ queued: 0, running: 0, delivering: 0 }),
    agents: () => ({ busy: 0, idle: 0, waiting: 0 }),
    isGatewayReady: () => true,
    diskFreeBytes: () => 0,
    checks: async () => ({}),
    alerts: () => [],
    versions: { coord: "1", claude: () => "2" },
  });
  return new Set(metrics.names().flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]));
}

const used = (text: string) =>
  new Set(text.match(/\b(?:claude_coord|nodejs|process)_[a-z0-9_]+/g)?.filter((name) => !name.endsWith("_")));

test("the dashboard, the alert rules and the docs name only metrics that there are, and each of ours is in the docs", () => {
  const known = knownNames();
  const expressions = [
    ...(JSON.parse(read("grafana-dashboard.json")) as Dashboard).panels.flatMap(({ targets }) => targets),
    ...(parse(read("alert-rules.yaml")) as Rules).groups.flatMap(({ rules }) => rules),
  ].map(({ expr }) => expr);
  expect(expressions.length).toBeGreaterThan(25);
  const named = new Set([...expressions.flatMap((expr) => [...used(expr)]), ...used(read("operations.md"))]);
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
  const ours = [...known].filter((name) => /^claude_coord_/.test(name) && !/_(bucket|count|sum)$/.test(name));
  expect(ours.filter((name) => !used(read("operations.md")).has(name))).toEqual([]);
});

const NO_PROMTOOL =
  spawnSync("promtool", ["--version"]).error && "needs promtool (Debian: apt install prometheus)";

test("promtool accepts the alert rules", ({ skip }) => {
  skip(NO_PROMTOOL !== undefined, NO_PROMTOOL);
  const file = new URL("../../../docs/alert-rules.yaml", import.meta.url).pathname;
  const { status, stderr } = spawnSync("promtool", ["check", "rules", file], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}
interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}
