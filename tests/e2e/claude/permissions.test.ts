import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { use } from "../../../src/loopback/model/reply.ts";
import { realClaude } from "../../support/real-claude.ts";

const touch = (file: string) => use("Bash", { command: `touch ${file}` });

test("a tool that is not allowed is asked about; allowed, it runs", async () => {
  const bench = await realClaude(() => [touch("made"), "done"]);
  const agent = bench.start();
  const end = agent.ask("make it");
  const request = await agent.until("permission_requested");
  expect(request).toMatchObject({ toolName: "Bash", input: { command: "touch made" } });
  expect(await readdir(bench.projectDir)).not.toContain("made");
  agent.agent.send({ type: "answer", requestId: request.requestId, answer: { behavior: "allow" } });
  expect(await end).toMatchObject({ outcome: "completed", deniedTools: [] });
  expect(await readdir(bench.projectDir)).toContain("made");
});

test("a command that a rule allows runs without asking", async () => {
  const bench = await realClaude(() => [touch("made"), "done"]);
  const agent = bench.start({ allowedTools: ["Read", "Bash(touch *)"] });
  expect((await agent.ask("make it")).outcome).toBe("completed");
  expect(agent.events.some((event) => event.type === "permission_requested")).toBe(false);
  expect(await readdir(bench.projectDir)).toContain("made");
});

test("the suggested rules, sent back, spare the next question", async () => {
  const bench = await realClaude(() => [touch("one"), touch("two"), "done"]);
  const agent = bench.start();
  const end = agent.ask("make them");
  const { requestId, suggestions } = await agent.until("permission_requested");
  const updatedPermissions = suggestions.filter((suggestion) =>
    JSON.stringify(suggestion).includes("acceptEdits"),
  );
  expect(updatedPermissions).toHaveLength(1);
  agent.agent.send({ type: "answer", requestId, answer: { behavior: "allow", updatedPermissions } });
  await end;
  expect(await readdir(bench.projectDir)).toEqual(expect.arrayContaining(["one", "two"]));
  expect(agent.events.filter((event) => event.type === "permission_requested")).toHaveLength(1);
});

test("a denied tool doesn't run, Claude is told why, and the turn goes on", async () => {
  const bench = await realClaude(() => [touch("made"), "a pity"]);
  const agent = bench.start();
  const end = agent.ask("make it");
  const { requestId } = await agent.until("permission_requested");
  const answer = { behavior: "deny", message: "Not on a Sunday" } as const;
  agent.agent.send({ type: "answer", requestId, answer });
  expect(await end).toMatchObject({ outcome: "completed", text: "a pity", deniedTools: [{ name: "Bash" }] });
  expect(await agent.until("tool_result")).toMatchObject({ isError: true, text: /Not on a Sunday/ });
  expect(await readdir(bench.projectDir)).not.toContain("made");
});

test("a denial can end the turn", async () => {
  const bench = await realClaude(() => [touch("made"), "?"]);
  const agent = bench.start();
  const end = agent.ask("make it");
  const { requestId } = await agent.until("permission_requested");
  const answer = { behavior: "deny", message: "Stop", interrupt: true } as const;
  agent.agent.send({ type: "answer", requestId, answer });
  expect((await end).outcome).toBe("interrupted");
});

test("an interrupt takes the question back, and a late answer does nothing", async () => {
  const bench = await realClaude(({ lastUserText }) =>
    lastUserText.includes("make") ? [touch("made"), "?"] : "ok",
  );
  const agent = bench.start();
  const end = agent.ask("make it");
  const { requestId } = await agent.until("permission_requested");
  agent.agent.send({ type: "interrupt" });
  expect((await end).outcome).toBe("interrupted");
  expect(await agent.until("permission_withdrawn")).toEqual({ type: "permission_withdrawn", requestId });
  agent.agent.send({ type: "answer", requestId, answer: { behavior: "allow" } });
  expect(await agent.ask("next")).toMatchObject({ outcome: "completed", text: "ok" });
  expect(await readdir(bench.projectDir)).not.toContain("made");
});

test("a question that is open when the agent stops is taken back", async () => {
  const bench = await realClaude(() => [touch("made"), "?"]);
  const agent = bench.start();
  agent.agent.send({ type: "turn", turnId: "turn-a", prompt: [{ type: "text", text: "make it" }] });
  const { requestId } = await agent.until("permission_requested");
  await agent.stop();
  expect(agent.events.slice(-2)).toEqual([
    { type: "permission_withdrawn", requestId },
    { type: "exited", failure: undefined },
  ]);
});

test("the answers to a question reach Claude", async () => {
  const questions = [
    {
      question: "Which colour?",
      header: "Colour",
      multiSelect: false,
      options: [
        { label: "Blue", description: "like the sky" },
        { label: "Red", description: "like a rose" },
      ],
    },
  ];
  const bench = await realClaude(() => [use("AskUserQuestion", { questions }), "thanks"]);
  const agent = bench.start();
  const end = agent.ask("ask me");
  const request = await agent.until("permission_requested");
  expect(request).toMatchObject({ toolName: "AskUserQuestion", input: { questions } });
  const updatedInput = { ...request.input, answers: { "Which colour?": "Blue" } };
  agent.agent.send({
    type: "answer",
    requestId: request.requestId,
    answer: { behavior: "allow", updatedInput },
  });
  expect((await end).text).toBe("thanks");
  expect((await agent.until("tool_result")).text).toContain("Blue");
});

test("where nothing is asked, Claude has the allowed tools and no others", async () => {
  const bench = await realClaude(() => [touch("made"), "done"], { extraEnv: { IS_SANDBOX: "1" } });
  const agent = bench.start({ permissionMode: "bypassPermissions", allowedTools: ["Bash", "Read"] });
  expect(await agent.ask("make it")).toMatchObject({ outcome: "completed" });
  // The placeholder stands for tools that are left out; it does nothing.
  const tools = bench.model.requests[0]?.tools.filter((name) => name !== "DeferredToolPlaceholder");
  expect(tools?.toSorted()).toEqual(["AskUserQuestion", "Bash", "Read"]);
  expect(await readdir(bench.projectDir)).toContain("made");
});

test("where nothing is asked, a rule for a tool does not let in the whole tool", async () => {
  const bench = await realClaude(() => "ok", { extraEnv: { IS_SANDBOX: "1" } });
  const agent = bench.start({ permissionMode: "bypassPermissions", allowedTools: ["Bash(git *)", "Read"] });
  expect((await agent.ask("hi")).outcome).toBe("completed");
  expect(bench.model.requests[0]?.tools).toContain("Read");
  expect(bench.model.requests[0]?.tools).not.toContain("Bash");
});
