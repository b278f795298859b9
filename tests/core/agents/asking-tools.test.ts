import { expect, test } from "vitest";
import type { AgentCommand, AgentEvent, AgentSpec, StartAgent } from "../../../src/core/agents/agent.ts";
import { type HostToolsDeps, withHostTools } from "../../../src/core/agents/host-tools.ts";

/** An agent that has called a tool of ours. */
function called(call: HostToolsDeps["call"]) {
  const sent: AgentCommand[] = [];
  const heard: AgentEvent[] = [];
  let emit: (event: AgentEvent) => void = () => {};
  const start: StartAgent = (_spec, onEvent) => {
    emit = onEvent;
    return { pid: undefined, send: (command) => void sent.push(command), exited: Promise.resolve() };
  };
  const onBug = (error: unknown) => expect.fail(String(error));
  const agent = withHostTools(start, { tools: [], call, onBug })({} as AgentSpec, (event) =>
    heard.push(event),
  );
  emit({ type: "tool_called", callId: "c", name: "send_file", input: {} });
  return { sent, heard, agent, emit };
}

const asks: HostToolsDeps["call"] = async ({ ask }) => {
  const answer = await ask({ place: ".env" });
  return { text: answer.behavior, isError: false };
};

test("a tool of ours asks as the agent does, and its answer goes to it and not to the agent", async () => {
  const { sent, heard, agent } = called(asks);
  const asked = heard.find((event) => event.type === "permission_requested");
  expect(asked).toMatchObject({ toolName: "send_file", input: { place: ".env" }, mustAsk: true });
  agent.send({ type: "answer", requestId: asked?.requestId ?? "", answer: { behavior: "allow" } });
  await expect
    .poll(() => sent)
    .toEqual([{ type: "tool_answer", callId: "c", text: "allow", isError: false }]);
  agent.send({ type: "answer", requestId: "the agent's own", answer: { behavior: "allow" } });
  expect(sent.at(-1)).toMatchObject({ type: "answer", requestId: "the agent's own" });
});

test("with the turn, or the agent, its questions end as denied", async () => {
  const ended = called(asks);
  ended.emit({ type: "exited", failure: undefined });
  await expect.poll(() => ended.sent).toMatchObject([{ type: "tool_answer", text: "deny" }]);
});
