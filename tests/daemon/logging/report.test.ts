import { expect, test } from "vitest";
import type { Turn } from "../../../src/core/turns/turn.ts";
import { createReport } from "../../../src/daemon/logging/report.ts";
import { orphanNames } from "../../../src/daemon/upkeep/repeat-sweep.ts";

function reported(detail: unknown, prompt: string, withText: boolean): unknown {
  const lines: Record<string, unknown>[] = [];
  const report = createReport({
    log: { error: (message, fields) => void lines.push({ message, ...fields }) },
    events: { emit: () => {} },
    lastWords: (conversationId) => [`of ${conversationId}`],
    withText: () => withText,
  });
  const turn = { id: "t", conversationId: "c", projectName: "web", prompt } as Turn;
  const errorId = report.ofTurn("the turn failed", detail, turn);
  expect(lines).toMatchObject([{ message: "the turn failed", error_id: errorId, agent: ["of c"] }]);
  return lines[0]?.error;
}

const QUOTING = { code: "api_error", detail: 'API Error: 400 "drop the\\ntable of accounts" is no request' };
const PROMPT = "Please drop the\ntable of accounts today";

test("where text may not be logged, a failure keeps its words and loses those that it quotes from the prompt", () => {
  expect(reported(QUOTING, PROMPT, false)).toEqual({
    code: "api_error",
    detail: 'API Error: 400 "drop the\\n[prompt]" is no request',
  });
  expect(reported(QUOTING, PROMPT, true)).toEqual(QUOTING);
  expect(reported({ code: "network", detail: "ECONNRESET" }, PROMPT, false)).toEqual({
    code: "network",
    detail: "ECONNRESET",
  });
  const bug = new Error("a bug");
  expect(reported(bug, PROMPT, false)).toBe(bug);
});

test("what an agent left behind is named by its program alone", () => {
  expect(orphanNames([{ pid: 12, commandLine: "/usr/bin/bash -c echo what Claude wrote" }])).toEqual([
    "12 bash",
  ]);
});
