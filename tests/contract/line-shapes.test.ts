import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { anonymousLines } from "../support/anonymous-lines.ts";
import { type LineShapes, lineShapes, shapeChanges } from "../support/line-shapes.ts";
import { CLAUDE_BINARY, type Line, rawClaudeBench } from "../support/raw-claude.ts";
import { type Scenario, scenarios } from "./scenarios.ts";

const FIXTURES = resolve(import.meta.dirname, "../fixtures");

test("the CLI's lines have the shapes that we know", { timeout: 120_000 }, async () => {
  const version = execFileSync(CLAUDE_BINARY, ["--version"], { encoding: "utf8" }).split(" ")[0] ?? "";
  const [odd, even] = await Promise.all(
    [0, 1].map((remainder) => playAll(scenarios.filter((_, index) => index % 2 === remainder))),
  );
  const shapes = lineShapes([...(odd ?? []), ...(even ?? [])]);
  if (recording()) record(`claude-lines/${version}.json`, `${JSON.stringify(shapes, null, 1)}\n`);
  const changes = shapeChanges(knownShapes(), shapes);
  expect(changes, `${version} differs; if we can live with it: CLAUDE_CONTRACT_RECORD=1`).toEqual([]);
});

/** Two at a time, since most of a scene is waiting. */
async function playAll(chosen: readonly Scenario[]): Promise<Line[]> {
  const all: Line[] = [];
  for (const scenario of chosen) {
    const bench = await rawClaudeBench(scenario.script);
    const claude = bench.start(scenario.options);
    await scenario.play(claude, bench.projectDir);
    claude.process.stdin.end();
    await claude.exited;
    if (recording()) {
      const lines = anonymousLines(claude.rawLines, bench);
      record(`claude-captures/${scenario.name}.jsonl`, `${lines.join("\n")}\n`);
    }
    all.push(...claude.lines);
  }
  return all;
}

/** Those of the newest version on record. */
function knownShapes(): LineShapes {
  const directory = join(FIXTURES, "claude-lines");
  const newest = readdirSync(directory)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);
  return JSON.parse(readFileSync(join(directory, newest ?? ""), "utf8"));
}

function recording(): boolean {
  return process.env.CLAUDE_CONTRACT_RECORD === "1";
}

function record(path: string, text: string): void {
  const file = join(FIXTURES, path);
  mkdirSync(resolve(file, ".."), { recursive: true });
  writeFileSync(file, text);
}
