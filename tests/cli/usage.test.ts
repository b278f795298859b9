import { expect, test } from "vitest";
import { dayOf } from "../../src/core/history/usage.ts";
import { cliFixture } from "../support/cli.ts";
import { stats, writeHistory } from "../support/history.ts";

const DAY_MS = 24 * 3_600_000;

function withUsage() {
  const fixture = cliFixture();
  const now = Date.now();
  const turn = (project: string, by: string, daysAgo: number, costUsd: number) => ({
    channel: project === "web" ? "123456789012345678" : "223456789012345678",
    project,
    prompt: "Do it",
    by,
    atMs: now - daysAgo * DAY_MS,
    end: { stats: stats(costUsd, 1000) },
  });
  writeHistory(fixture.databaseFile, [
    turn("web", "ann", 2, 0.5),
    turn("web", "=bob,x", 0, 1.5),
    turn("docs", "ann", 0, 0.25),
    {
      ...turn("docs", "ann", 0, 0),
      end: { outcome: "failed", failureCode: "network", errorId: "vudobaki" },
    },
  ]);
  return { ...fixture, day: (daysAgo: number) => dayOf(now - daysAgo * DAY_MS) };
}

test("usage shows each day with a bar as long as its cost, also days without a turn, and the sum", async () => {
  const { run, day } = withUsage();
  const { code, stdout } = await run(["usage", "--since", "3d"]);
  expect(code).toBe(0);
  const lines = stdout.split("\n");
  expect(lines[0]).toMatch(/^DAY +TURNS +FAILED +READ +WRITTEN +COST/);
  expect(lines.slice(1, 5).map((line) => line.split(/ +/).slice(0, 3))).toEqual([
    [day(3), "0", "0"],
    [day(2), "1", "0"],
    [day(1), "0", "0"],
    [day(0), "3", "1"],
  ]);
  expect(lines[4]).toContain(`$1.75  ${"█".repeat(24)}`);
  expect(lines[2]).toMatch(/\$0\.50 {2}█{6}▉$/);
  expect(stdout).toContain("\n$2.25 for 4 turns, 1 of them failed.\n");
});

test("usage without a time begins with the first day on which anything ran", async () => {
  const { run, day } = withUsage();
  const { stdout } = await run(["usage"]);
  const days = stdout.split("\n").slice(1, 4);
  expect(days.map((line) => line.split(" ")[0])).toEqual([day(2), day(1), day(0)]);
});

test("usage by project and by person has the most expensive first", async () => {
  const { run } = withUsage();
  const names = async (by: string) =>
    (await run(["usage", "--by", by])).stdout
      .split("\n")
      .slice(1, 3)
      .map((line) => line.split(/ +/)[0]);
  expect(await names("project")).toEqual(["web", "docs"]);
  // As the person was last called.
  expect((await names("user"))[0]).toBe("=bob,x");
});

test("--json and --csv are for scripts; a name that looks like a formula is none", async () => {
  const { run, day } = withUsage();
  const json = JSON.parse((await run(["usage", "--since", "3d", "--json"])).stdout);
  expect(json).toMatchObject({ since: day(3), by: "day" });
  expect(json.usage.at(-1)).toEqual({
    day: day(0),
    turns: 3,
    failed: 1,
    cost_usd: 1.75,
    input_tokens: 20,
    output_tokens: 40,
    duration_ms: 2000,
  });
  const csv = (await run(["usage", "--by", "project", "--csv"])).stdout.split("\r\n");
  expect(csv[0]).toBe("project,turns,failed,cost_usd,input_tokens,output_tokens,duration_ms");
  expect(csv[1]).toMatch(/^web,2,0,2\.000000,20,40,2000$/);
  expect((await run(["usage", "--by", "user", "--csv"])).stdout).toContain("\"'=");
  expect((await run(["usage", "--json", "--csv"])).code).toBe(2);
});

test("before the first turn, usage says so", async () => {
  const { run } = cliFixture();
  expect((await run(["usage"])).stderr).toContain("No turn has run since");
  expect((await run(["usage", "--since", "nonsense"])).code).toBe(2);
});
