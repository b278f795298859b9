import type { AgentEvent } from "../../core/agents/agent.ts";
import { NO_TODOS, nextTodoList, type TodoList } from "./todo-list.ts";
import { toolLine } from "./tool-line.ts";

/** A running answer as a person can see it. Plain values only: a view is never changed, each event makes the next. */
export interface AnswerView {
  /** What was said and done so far, in order. */
  readonly steps: readonly AnswerStep[];
  /** What is being said and may still be withdrawn. */
  readonly preview: string;
  /** Tools at work now, oldest first; those of subagents are with their subagent. */
  readonly runningTools: readonly RunningTool[];
  readonly subagents: readonly Subagent[];
  readonly todos: TodoList;
  readonly compacting: boolean;
  /** The attempt at the model's API that is waited for; undefined when it answers. */
  readonly retryAttempt: number | undefined;
  /** Ids of the questions about permission that wait for a person. */
  readonly openPermissions: readonly string[];
}

export type AnswerStep =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool"; readonly toolUseId: string; readonly line: string; readonly failed: boolean };

interface RunningTool {
  readonly toolUseId: string;
  readonly line: string;
}

interface Subagent {
  readonly toolUseId: string;
  /** What it was sent to do. */
  readonly task: string;
  /** Its last tool use; undefined before its first. */
  readonly line: string | undefined;
  /** Its tool's result only says that it was started; it ends when no background task is left. */
  readonly background: boolean;
}

/** A view of an answer of which nothing has come yet. */
export const EMPTY_VIEW: AnswerView = {
  steps: [],
  preview: "",
  runningTools: [],
  subagents: [],
  todos: NO_TODOS,
  compacting: false,
  retryAttempt: undefined,
  openPermissions: [],
};

/** The view after an event. Paths in `projectDir` are shown from there on. */
export function nextView(view: AnswerView, event: AgentEvent, projectDir?: string): AnswerView {
  switch (event.type) {
    case "preview":
      return { ...view, preview: view.preview + event.text, retryAttempt: undefined };
    case "preview_withdrawn":
      return { ...view, preview: "" };
    case "text": {
      if (event.inSubagent) return view;
      const steps =
        event.text.trim() === "" ? view.steps : [...view.steps, { type: "text" as const, text: event.text }];
      return { ...view, steps, preview: "", retryAttempt: undefined };
    }
    case "tool_use":
      return afterToolUse({ ...view, retryAttempt: undefined }, event, projectDir);
    case "tool_result":
      return {
        ...view,
        steps: event.isError ? view.steps.map((step) => failedStep(step, event.toolUseId)) : view.steps,
        runningTools: view.runningTools.filter(({ toolUseId }) => toolUseId !== event.toolUseId),
        subagents: view.subagents.filter(
          ({ toolUseId, background }) => toolUseId !== event.toolUseId || (background && !event.isError),
        ),
      };
    case "background":
      return event.tasks > 0
        ? view
        : { ...view, subagents: view.subagents.filter(({ background }) => !background) };
    case "permission_requested":
      return { ...view, openPermissions: [...view.openPermissions, event.requestId] };
    case "permission_answered":
    case "permission_withdrawn":
      return { ...view, openPermissions: view.openPermissions.filter((id) => id !== event.requestId) };
    case "retrying":
      return { ...view, retryAttempt: event.attempt };
    case "thinking":
      return { ...view, retryAttempt: undefined };
    case "compacting":
      return { ...view, compacting: event.active };
    case "turn_ended":
    case "exited":
      return {
        ...view,
        preview: "",
        runningTools: [],
        subagents: [],
        compacting: false,
        retryAttempt: undefined,
        openPermissions: [],
      };
    default:
      return view;
  }
}

/** All that was said so far, in Markdown, with what is being said now. */
export function spokenText(view: AnswerView): string {
  const said = view.steps.flatMap((step) => (step.type === "text" ? [step.text] : []));
  return [...said, view.preview].filter((each) => each !== "").join("\n\n");
}

type ToolUse = Extract<AgentEvent, { type: "tool_use" }>;

// Claude Code's name for starting a subagent, of today and of before.
const STARTS_SUBAGENT = new Set(["Agent", "Task"]);
const KEEPS_LIST = new Set(["TodoWrite", "TaskCreate", "TaskUpdate", "TaskGet", "TaskList"]);

function afterToolUse(view: AnswerView, event: ToolUse, projectDir: string | undefined): AnswerView {
  const { toolUseId, name, input, parentToolUseId } = event;
  const line = toolLine(name, input, projectDir);
  if (parentToolUseId !== undefined) {
    const subagents = view.subagents.map((each) =>
      each.toolUseId === parentToolUseId ? { ...each, line } : each,
    );
    return { ...view, subagents };
  }
  if (KEEPS_LIST.has(name)) return { ...view, todos: nextTodoList(view.todos, name, input) };
  const step: AnswerStep = { type: "tool", toolUseId, line, failed: false };
  const steps = [...view.steps, step];
  if (!STARTS_SUBAGENT.has(name))
    return { ...view, steps, runningTools: [...view.runningTools, { toolUseId, line }] };
  const task = typeof input.description === "string" ? input.description : name;
  const background = input.run_in_background !== false;
  return { ...view, steps, subagents: [...view.subagents, { toolUseId, task, line: undefined, background }] };
}

function failedStep(step: AnswerStep, toolUseId: string): AnswerStep {
  return step.type === "tool" && step.toolUseId === toolUseId ? { ...step, failed: true } : step;
}
