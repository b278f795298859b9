import type { Agent, AgentEvent, AgentSpec, HostTool, PermissionAnswer, StartAgent } from "./agent.ts";
import { createAskingTools } from "./asking-tools.ts";

/** What a tool of ours says to Claude. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

/** One use of a tool of ours. */
export interface ToolCall {
  readonly spec: AgentSpec;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Asks people whether it may be done, `about` being what they see. Denied if they can't be asked, or the turn ends. */
  readonly ask: (about: Readonly<Record<string, unknown>>) => Promise<PermissionAnswer>;
}

export interface HostToolsDeps {
  readonly tools: readonly HostTool[];
  /** Does what Claude asks for. What it throws is a bug of ours, of which Claude learns only that it did not work. */
  readonly call: (call: ToolCall) => Promise<ToolAnswer>;
  readonly onBug: (error: unknown) => void;
}

/** Starts agents that are offered our own tools. Every call is answered, also when no turn of ours runs. */
export function withHostTools(start: StartAgent, { tools, call, onBug }: HostToolsDeps): StartAgent {
  return (spec, onEvent) => {
    const asking = createAskingTools(onEvent);
    const answer = async ({ callId, name, input }: Extract<AgentEvent, { type: "tool_called" }>) => {
      const ask = (about: Readonly<Record<string, unknown>>) => asking.ask(callId, name, about);
      const said = await call({ spec, name, input, ask }).catch((error: unknown) => {
        onBug(error);
        return { text: "The tool failed on the bot's side; it is in the bot's log.", isError: true };
      });
      agent.send({ type: "tool_answer", callId, ...said });
    };
    const agent: Agent = start({ ...spec, hostTools: tools }, (event) => {
      if (event.type === "tool_called") void answer(event);
      onEvent(event);
      asking.hear(event);
    });
    return {
      ...agent,
      send: (command) => {
        if (command.type !== "answer" || !asking.answer(command.requestId, command.answer))
          agent.send(command);
      },
    };
  };
}
