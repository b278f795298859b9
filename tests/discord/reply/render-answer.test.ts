import { describe, expect, test } from "vitest";
import type { TurnEnd } from "../../../src/core/turns/turn.ts";
import { duration } from "../../../src/discord/reply/amounts.ts";
import { type AnswerView, EMPTY_VIEW } from "../../../src/discord/reply/answer-view.ts";
import { type RenderOptions, renderEnd, renderRunning } from "../../../src/discord/reply/render-answer.ts";
import { MESSAGE_LIMIT } from "../../../src/discord/reply/split-message.ts";
import { createStreamSplitter } from "../../../src/discord/reply/stream-splitter.ts";

const options: RenderOptions = { stream: true, footer: true, tools: "brief", maxMessages: 5, nowMs: 20_000 };
const stats = {
  costUsd: 0.034,
  durationMs: 12_300,
  numTurns: 1,
  inputTokens: 1,
  outputTokens: 1,
  contextTokens: 48_000,
  contextWindow: 200_000,
};
const answered = (answer: string, more: Partial<TurnEnd> = {}): TurnEnd => ({
  outcome: "answered",
  answer,
  failureCode: undefined,
  errorId: undefined,
  resetsAtMs: undefined,
  notes: [],
  stats,
  ...more,
});
const said = (text: string): AnswerView => ({ ...EMPTY_VIEW, preview: text });
const paragraphs = (count: number) =>
  Array.from({ length: count }, (_, index) => `Part ${index}. ${"w ".repeat(400)}`).join("\n\n");
const contents = (end: TurnEnd, more: Partial<RenderOptions> = {}, view?: AnswerView) =>
  renderEnd(end, view, { ...options, ...more }).map(({ content }) => content);

const withTools: AnswerView = {
  ...EMPTY_VIEW,
  steps: [
    { type: "text", text: "Let me see." },
    { type: "tool", toolUseId: "1", line: "Read `a.ts`", failed: false },
    { type: "tool", toolUseId: "2", line: "Bash `npm test`", failed: true },
    { type: "text", text: "It fails." },
  ],
};

describe("a running answer", () => {
  test("shows what Claude does and for how long below what was said", () => {
    expect(renderRunning(said("Hello"), 8_000, options)).toEqual([{ content: "Hello\n-# Writing · 12 s" }]);
    expect(renderRunning(EMPTY_VIEW, 8_000, options)).toEqual([{ content: "-# Thinking · 12 s" }]);
  });

  test("is not shown before its end when streaming is off, but what Claude does is", () => {
    expect(renderRunning(said("Hello"), 8_000, { ...options, stream: false })).toEqual([
      { content: "-# Writing · 12 s" },
    ]);
  });

  test("closes a code block that is still being written", () => {
    expect(renderRunning(said("```ts\nconst a"), 8_000, options)[0]?.content).toBe(
      "```ts\nconst a\n```\n-# Writing · 12 s",
    );
  });

  test("keeps to the most messages that it may take", () => {
    const messages = renderRunning(said(paragraphs(40)), 0, options);
    expect(messages).toHaveLength(5);
    expect(messages.at(-1)?.content).toContain(
      "-# The answer goes on. All of it will come as a file.\n-# Writing",
    );
    for (const { content } of messages) expect(content.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
  });

  test("may be split by a splitter that reads only what is new", () => {
    const splitter = createStreamSplitter();
    const split = (markdown: string) => {
      splitter.replace(markdown);
      return splitter.parts();
    };
    const view = said(paragraphs(4));
    expect(renderRunning(view, 0, { ...options, split })).toEqual(renderRunning(view, 0, options));
  });

  test("shows every step where it was taken when tools are shown in full", () => {
    expect(renderRunning(withTools, 8_000, { ...options, tools: "full" })[0]?.content).toBe(
      "Let me see.\n\n-# Read `a.ts`\n-# Bash `npm test` · failed\n\nIt fails.\n-# Thinking · 12 s",
    );
  });
});

describe("a finished answer", () => {
  test("ends with how long it took, what it cost, and how full the context is", () => {
    expect(contents(answered("Done."))).toEqual(["Done.\n-# 12 s · $0.03 · 24 % of context"]);
    expect(contents(answered("Done."), { footer: false })).toEqual(["Done."]);
  });

  test("leaves out of its footer what is not known", () => {
    const unknown = { ...stats, costUsd: 0, contextTokens: 0, contextWindow: 0 };
    expect(contents(answered("Done.", { stats: unknown }))).toEqual(["Done.\n-# 12 s"]);
    expect(contents(answered("Done.", { stats: undefined }))).toEqual(["Done."]);
    expect(contents(answered("Done.", { stats: { ...unknown, costUsd: 0.001 } }))).toEqual([
      "Done.\n-# 12 s · under $0.01",
    ]);
  });

  test("that says nothing says so", () => {
    expect(contents(answered(" \n"))).toEqual([
      "Claude finished without saying anything.\n-# 12 s · $0.03 · 24 % of context",
    ]);
  });

  test("whose last message is full makes room for its footer", () => {
    const messages = contents(answered("w".repeat(1990)));
    expect(messages.join("")).toContain("24 % of context");
    for (const content of messages) expect(content.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
    expect(messages.join("").match(/w/g)).toHaveLength(1990);
  });

  test("that is very long becomes what fits, and a file with all of it", () => {
    const answer = paragraphs(40);
    const messages = renderEnd(answered(answer), undefined, options);
    expect(messages).toHaveLength(5);
    expect(messages.at(-1)?.files).toEqual([{ name: "answer.md", data: answer }]);
    expect(messages.slice(0, -1).every(({ files }) => files === undefined)).toBe(true);
    expect(messages.at(-1)?.content).toMatch(/all of it is in the file below\.\n-# 12 s/);
    for (const { content } of messages) expect(content.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
  });

  test("shows link previews only while it is short", () => {
    const suppressed = (answer: string) =>
      renderEnd(answered(answer), undefined, options).map((each) => each.suppressEmbeds);
    expect(suppressed("See https://example.com")).toEqual([undefined]);
    expect(suppressed(`See https://example.com ${"w ".repeat(400)}`)).toEqual([true]);
    expect(suppressed(paragraphs(3))).toEqual([true, true]);
  });

  test("keeps every step when tools are shown in full, and only what was said otherwise", () => {
    const end = answered("Let me see.\n\nIt fails.");
    expect(contents(end, { tools: "full", footer: false }, withTools)[0]).toContain(
      "-# Bash `npm test` · failed",
    );
    expect(contents(end, { tools: "full", footer: false })).toEqual(["Let me see.\n\nIt fails."]);
    expect(contents(end, { footer: false }, withTools)).toEqual(["Let me see.\n\nIt fails."]);
  });
});

describe("an end without an answer", () => {
  test("that is a failure keeps what was said before it and says what to do", () => {
    const end = answered("Half of", {
      outcome: "failed",
      failureCode: "network",
      errorId: "vudobaki",
      stats: undefined,
    });
    expect(contents(end)).toEqual([
      "Half of\n\nClaude's API could not be reached. Check the machine's network, then ask again.\n-# Error id: vudobaki",
    ]);
  });

  test("that is a failure is never lost behind a very long answer", () => {
    const end = answered(paragraphs(40), { outcome: "failed", failureCode: "network", errorId: "vudobaki" });
    const messages = renderEnd(end, undefined, options);
    expect(messages).toHaveLength(5);
    expect(messages.at(-1)?.content).toContain("Error id: vudobaki");
  });

  test("that was stopped or came too late says so", () => {
    expect(contents(answered("Half", { outcome: "cancelled", stats: undefined }))).toEqual([
      "Half\n\n-# Stopped.",
    ]);
    expect(contents(answered("", { outcome: "expired", stats: undefined }))[0]).toMatch(
      /^This message came while the bot was away/,
    );
  });
});

test("what a person should know beforehand stands above the answer", () => {
  const notes = [{ type: "context_lost" }, { type: "tools_denied", tools: ["Bash", "mcp__x__y"] }] as const;
  expect(contents(answered("Done.", { notes, stats: undefined }))).toEqual([
    "-# The earlier conversation could not be found, so Claude does not know what was said before.\n\n" +
      "-# Not allowed here: Bash, mcp\\_\\_x\\_\\_y\n\nDone.",
  ]);
});

test.each([
  [0, "0 s"],
  [999, "1 s"],
  [59_600, "1 min"],
  [185_000, "3 min 5 s"],
  [3_720_000, "1 h 2 min"],
  [7_200_000, "2 h"],
])("%i ms are %s", (ms, shown) => {
  expect(duration(ms)).toBe(shown);
});
