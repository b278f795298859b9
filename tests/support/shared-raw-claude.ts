import { afterAll, beforeAll } from "vitest";
import type { Script } from "../../src/loopback/model/scripted-model.ts";
import {
  type Line,
  type RawClaude,
  type RawClaudeBench,
  type RawClaudeOptions,
  rawClaudeBench,
} from "./raw-claude.ts";

/** One CLI for all tests of the describe block that calls this, since each start costs most of a second. */
export function sharedRawClaude(
  options?: RawClaudeOptions,
  script?: Script,
): () => { bench: RawClaudeBench; claude: RawClaude } {
  let shared: { bench: RawClaudeBench; claude: RawClaude } | undefined;
  let cleanup: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const bench = await rawClaudeBench(script, (end) => {
      cleanup = end;
    });
    shared = { bench, claude: bench.start(options) };
  });
  afterAll(() => cleanup?.());
  return () => {
    if (!shared) throw new Error("the shared CLI is there only while its tests run");
    return shared;
  };
}

/** Says it, and gives the permission request that comes of it. */
export function sayUntilAsked(claude: RawClaude, text: string): Promise<Line> {
  const from = claude.lines.length;
  claude.say(text);
  return claude.until({ type: "control_request", request: { subtype: "can_use_tool" } }, { from });
}

/** The result that follows a line. */
export function resultAfter(claude: RawClaude, line: Line): Promise<Line> {
  return claude.until({ type: "result" }, { from: claude.lines.indexOf(line) });
}
