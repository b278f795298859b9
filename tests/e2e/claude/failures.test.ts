import { randomUUID } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  creditTooLow,
  fail,
  promptTooLong,
  usageLimit,
} from "../../../src/loopback/model/failure-replies.ts";
import { maxTokens, type Reply, refuse, reset } from "../../../src/loopback/model/reply.ts";
import { claudeBench } from "../../support/claude-bench.ts";
import { findTranscript, realClaude } from "../../support/real-claude.ts";

const API_FAILURES: readonly { readonly code: string; readonly reply: Reply }[] = [
  { code: "login_expired", reply: fail(401) },
  { code: "login_expired", reply: fail(403) },
  { code: "billing", reply: creditTooLow() },
  { code: "model_unknown", reply: fail(404) },
  { code: "context_full", reply: promptTooLong() },
  { code: "context_full", reply: fail(413) },
  { code: "rate_limited", reply: fail(429) },
  { code: "api_error", reply: fail(500) },
  { code: "overloaded", reply: fail(529) },
  { code: "network", reply: reset() },
  { code: "refused", reply: refuse() },
  { code: "output_too_long", reply: maxTokens("and so on") },
];

test("every failure of the model has its own code", { timeout: 180_000 }, async () => {
  const bench = await realClaude(
    // The newest of all that was said: the CLI asks by itself to go on after an answer that was cut off.
    ({ history }) => {
      const newest = [...history.join("\n").matchAll(/failure (\d+)/g)].at(-1)?.[1];
      return API_FAILURES[Number(newest)]?.reply ?? "ok";
    },
    { limits: { retries: 1 } },
  );
  const agent = bench.start();
  const codes: (string | undefined)[] = [];
  for (const index of API_FAILURES.keys()) codes.push((await agent.ask(`failure ${index}`)).failure?.code);
  expect(codes).toEqual(API_FAILURES.map(({ code }) => code));
});

test("an agent whose turn failed takes the next one", async () => {
  const bench = await realClaude(
    ({ lastUserText }) => (lastUserText.includes("again") ? "better" : fail(500)),
    {
      limits: { retries: 0 },
    },
  );
  const agent = bench.start();
  expect(await agent.ask("hi")).toMatchObject({
    outcome: "failed",
    text: "",
    failure: { code: "api_error" },
  });
  expect(agent.textSoFar()).toBe("");
  expect(await agent.ask("again")).toMatchObject({ outcome: "completed", text: "better" });
});

test("retries are told while they happen, and are three by default", async () => {
  const bench = await realClaude(() => fail(500));
  const agent = bench.start();
  expect(await agent.ask("hi")).toMatchObject({ failure: { code: "api_error" } });
  const attempts = agent.events.flatMap((event) => (event.type === "retrying" ? [event.attempt] : []));
  expect(attempts).toEqual([1, 2, 3]);
});

test("a usage limit tells when it lifts", async () => {
  const resetsAtMs = Math.floor(Date.now() / 1000 + 3600) * 1000;
  const bench = await realClaude(() => usageLimit({ resetsAtMs }), {
    credential: { CLAUDE_CODE_OAUTH_TOKEN: "made-up" },
  });
  const agent = bench.start();
  expect(await agent.ask("hi")).toMatchObject({
    outcome: "failed",
    failure: { code: "usage_limit", resetsAtMs },
  });
  expect(await agent.until("usage_window")).toMatchObject({
    status: "rejected",
    window: "five_hour",
    resetsAtMs,
  });
});

test("without a login the turn says so, before any request", async () => {
  const bench = await realClaude(() => "?", { credential: undefined });
  expect(await bench.start().ask("hi")).toMatchObject({
    outcome: "failed",
    failure: { code: "not_logged_in" },
  });
  expect(bench.model.requests).toEqual([]);
});

test("a refused connection is the network's failure", async () => {
  const bench = await claudeBench({
    credential: { ANTHROPIC_API_KEY: "made-up" },
    // Port 9 is discard, which nothing serves.
    extraEnv: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" },
    limits: { retries: 0 },
  });
  expect(await bench.start().ask("hi")).toMatchObject({ failure: { code: "network" } });
});

test("a session that is not there can't be resumed", async () => {
  const bench = await realClaude(() => "ok");
  const agent = bench.start({ resume: true });
  expect((await agent.until("exited")).failure).toMatchObject({ code: "session_unknown" });
});

test.for([
  ["garbage", "garbage\n\0\0\0\n"],
  ["nothing", ""],
])("a session whose transcript is %s can't be resumed", async ([, content]) => {
  const bench = await realClaude(() => "ok");
  const sessionId = randomUUID();
  const first = bench.start({ sessionId });
  await first.ask("hi");
  await first.stop();
  await writeFile(await findTranscript(bench.home, sessionId), content ?? "");
  const { failure } = await bench.start({ sessionId, resume: true }).until("exited");
  expect(failure?.code).toBe("session_unknown");
});

test("a session whose last line was cut is resumed", async () => {
  const bench = await realClaude(({ history }) => history.join(", "));
  const sessionId = randomUUID();
  const first = bench.start({ sessionId });
  await first.ask("one");
  await first.stop();
  await writeFile(await findTranscript(bench.home, sessionId), '{"type":"user","mess', { flag: "a" });
  expect((await bench.start({ sessionId, resume: true }).ask("two")).text).toBe("one, two");
});

test("a new session under an id that has a transcript already is refused", async () => {
  const bench = await realClaude(() => "ok");
  const sessionId = randomUUID();
  const first = bench.start({ sessionId });
  await first.ask("hi");
  await first.stop();
  expect((await bench.start({ sessionId }).until("exited")).failure?.code).toBe("session_exists");
});

test("a session that another process has open is refused, and the process is named", async () => {
  const bench = await realClaude(() => "ok");
  const sessionId = randomUUID();
  const first = bench.start({ sessionId });
  await first.ask("hi");
  const { failure } = await bench.start({ sessionId, resume: true }).until("exited");
  expect(failure).toMatchObject({
    code: "session_in_use",
    detail: expect.stringContaining(`${first.agent.pid}`),
  });
  // By its own register, since a session that was picked from a list is on no command line.
  expect(await readdir(join(bench.home, ".claude/sessions"))).toContain(`${first.agent.pid}.json`);
});

test("bypassing permissions is refused to root, and only to root", async () => {
  const bench = await realClaude(() => "ok");
  const agent = bench.start({ permissionMode: "bypassPermissions", allowedTools: ["Bash"] });
  const isRoot = process.getuid?.() === 0;
  const outcome = isRoot ? (await agent.until("exited")).failure?.code : (await agent.ask("hi")).outcome;
  expect(outcome).toBe(isRoot ? "bypass_as_root" : "completed");
});

test("the look at the CLI tells its version and asks nothing of the model", async () => {
  const bench = await realClaude(() => "ok");
  expect(await bench.claude.check()).toMatchObject({
    version: expect.stringMatching(/^2\.1\./),
    damagedConfig: undefined,
  });
  expect(bench.model.requests).toEqual([]);
});

test("whether a login is configured is told without asking the model", async () => {
  const bench = await realClaude(() => "?");
  expect(await bench.claude.login()).toMatchObject({ loggedIn: true, authMethod: "api_key" });
  const other = await realClaude(() => "?", { credential: undefined });
  expect(await other.claude.login()).toMatchObject({ loggedIn: false, authMethod: "none" });
  expect([...bench.model.requests, ...other.model.requests]).toEqual([]);
});
