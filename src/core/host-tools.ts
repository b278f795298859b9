import type { Agent, AgentEvent, AgentSpec, HostTool, StartAgent } from "./agent.ts";

/** What a tool of ours says to Claude. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

export interface HostToolsDeps {
  readonly tools: readonly HostTool[];
  /** Does what Claude asks for. What it throws is a bug of ours, of which Claude learns only that it did not work. */
  readonly call: (
    spec: AgentSpec,
    name: string,
    input: Readonly<Record<string, unknown>>,
  ) => Promise<ToolAnswer>;
  readonly onBug: (error: unknown) => void;
}

/** Starts agents that are offered our own tools. Every call is answered, also when no turn of ours runs. */
export function withHostTools(start: StartAgent, { tools, call, onBug }: HostToolsDeps): StartAgent {
  return (spec, onEvent) => {
    const answer = async ({ callId, name, input }: Extract<AgentEvent, { type: "tool_called" }>) => {
      const said = await call(spec, name, input).catch((error: unknown) => {
        onBug(error);
        return { text: "The tool failed on the bot's side; it is in the bot's log.", isError: true };
      });
      agent.send({ type: "tool_answer", callId, ...said });
    };
    const agent: Agent = start({ ...spec, hostTools: tools }, (event) => {
      if (event.type === "tool_called") void answer(event);
      onEvent(event);
    });
    return agent;
  };
}
