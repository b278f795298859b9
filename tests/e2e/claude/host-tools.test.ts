import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { HostTool } from "../../../src/core/agents/agent.ts";
import { use } from "../../../src/loopback/model/reply.ts";
import { realClaude } from "../../support/real-claude.ts";

const sendFile: HostTool = {
  name: "send_file",
  description: "Sends a file.",
  inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};

test.each(["default", "plan", "acceptEdits", "bypassPermissions"] as const)(
  "a tool of ours is offered and runs without being asked about, in mode %s",
  async (permissionMode) => {
    // Root may not bypass permissions unless it says that it is in a sandbox.
    const bench = await realClaude(
      (request) => (request.step === 0 ? use("mcp__coord__send_file", { path: "a.png" }) : "Sent."),
      { extraEnv: { IS_SANDBOX: "1" } },
    );
    const agent = bench.start({ hostTools: [sendFile], permissionMode });
    const turnId = randomUUID();
    agent.agent.send({ type: "turn", turnId, prompt: [{ type: "text", text: "send it" }] });
    const called = await agent.until("tool_called");
    expect(called).toMatchObject({ name: "send_file", input: { path: "a.png" } });
    agent.agent.send({
      type: "tool_answer",
      callId: called.callId,
      text: "it is on its way",
      isError: false,
    });
    expect((await agent.until("turn_ended")).end).toMatchObject({ outcome: "completed", deniedTools: [] });
    expect(agent.events.filter(({ type }) => type === "permission_requested")).toEqual([]);
    expect(bench.model.requests.at(-1)).toMatchObject({ toolResults: [{ text: "it is on its way" }] });
    expect(bench.model.requests.at(-1)?.tools).toContain("mcp__coord__send_file");
  },
);

test("a refused call is told to Claude as an error, and the next call works", async () => {
  const bench = await realClaude((request) =>
    request.step === 0
      ? {
          kind: "message",
          blocks: ["a", "b"].map((path) => ({
            type: "tool_use",
            name: "mcp__coord__send_file",
            input: { path },
          })),
        }
      : "Done.",
  );
  const agent = bench.start({ hostTools: [sendFile] });
  agent.agent.send({ type: "turn", turnId: randomUUID(), prompt: [{ type: "text", text: "send both" }] });
  const first = await agent.until("tool_called");
  const refused = { callId: first.callId, text: `no ${String(first.input.path)}`, isError: true };
  agent.agent.send({ type: "tool_answer", ...refused });
  const second = await agent.until("tool_called", ({ callId }) => callId !== first.callId);
  const done = { callId: second.callId, text: `yes ${String(second.input.path)}`, isError: false };
  agent.agent.send({ type: "tool_answer", ...done });
  await agent.until("turn_ended");
  const results = bench.model.requests.at(-1)?.toolResults ?? [];
  expect(results.map(({ text }) => text).sort()).toEqual(["no a", "yes b"]);
  expect(results.find(({ text }) => text.startsWith("no"))?.isError).toBe(true);
});

test("a folder that is given besides the project's is read without being asked about", async () => {
  const bench = await realClaude((request) =>
    request.step === 0 ? use("Read", { file_path: join(bench.home, "files", "note.txt") }) : "Read.",
  );
  const files = join(bench.home, "files");
  await mkdir(files);
  await writeFile(join(files, "note.txt"), "the note says hello");
  const agent = bench.start({ additionalDirs: [files] });
  expect(await agent.ask("read it")).toMatchObject({ outcome: "completed", deniedTools: [] });
  expect(agent.events.filter(({ type }) => type === "permission_requested")).toEqual([]);
  expect(bench.model.requests.at(-1)?.toolResults[0]?.text).toContain("the note says hello");
});
