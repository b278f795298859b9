import type {
  Agent,
  AgentCommand,
  AgentEvent,
  AgentFailure,
  AgentSpec,
  ContextUsage,
} from "../core/agents/agent.ts";
import { endWithoutResult } from "../core/agents/end-without-result.ts";
import type { AgentDeps, PreparedStart } from "./agent-deps.ts";
import { readContextUsage } from "./context-usage.ts";
import { type Control, ControlError, createControl } from "./control.ts";
import { createTranslator } from "./events.ts";
import { failureOfExit, failureOfSpawn } from "./failures.ts";
import { createHostTools, isHostTool } from "./host-tools.ts";
import { createLineReader } from "./line-reader.ts";
import { type Line, type LineOf, ProtocolError, parseLine } from "./lines.ts";
import { createPermissionDesk } from "./permission-desk.ts";
import { type AgentProcess, startProcess } from "./process.ts";
import { readReadiness } from "./readiness.ts";
import { readSessionCost } from "./session-cost.ts";
import { createTurnQueue } from "./turn-queue.ts";
import { userLine } from "./user-line.ts";
import { judgeVersion } from "./version.ts";

/** Starts an agent and speaks for it until it is gone; see core/agents/agent.ts for what it promises. */
export function createAgent(deps: AgentDeps, spec: AgentSpec, onEvent: (event: AgentEvent) => void): Agent {
  const { log } = deps;
  const translator = createTranslator();
  const turns = createTurnQueue();
  /** What was said before there was a process to hear it. */
  const unsent: unknown[] = [];
  let child: AgentProcess | undefined;
  let isReady = false;
  let mayResumeByItself = spec.continueInterrupted;
  let tellUnlessResumed: (() => void) | undefined;
  let isGone = false;
  let isNoisy = false;
  let stopGraceMs: number | undefined;
  let failure: AgentFailure | undefined;
  let interruptWanted = false;
  let openInterrupts = 0;
  let lastAliveAt = Number.NEGATIVE_INFINITY;

  const write = (line: unknown) => {
    if (child) child.write(line);
    else unsent.push(line);
  };
  const control: Control = createControl(write);
  const permissions = createPermissionDesk(write);
  const hostTools = createHostTools(spec.hostTools ?? [], write, (event) => emit(event));

  const emit = (event: AgentEvent) => {
    if (isGone) return;
    if (event.type === "permission_requested") {
      permissions.opened(event);
      // Plan mode asks about tools that are allowed beforehand, too; ours change nothing in the project.
      if (isHostTool(event.toolName)) return permissions.answer(event.requestId, { behavior: "allow" });
    }
    if (event.type === "permission_withdrawn" && !permissions.withdrawn(event.requestId)) return;
    if (event.type === "turn_ended") interruptWanted = false;
    onEvent(event);
    if (event.type === "turn_started" && interruptWanted) interruptNow();
    if (event.type === "turn_ended") writeNextTurn();
  };

  const fail = (reason: AgentFailure) => {
    failure ??= reason;
    child?.end(deps.killGraceMs);
  };

  const endUnasked = (turnId: string, end: Parameters<typeof endWithoutResult>[0]) =>
    emit({ type: "turn_ended", turnId, end: endWithoutResult(end) });

  const writeNextTurn = () => {
    // One that the CLI may take up by itself is expected from the beginning: it may not wait until it is ready.
    if (!isReady && !mayResumeByItself) return;
    if (translator.askedTurnId !== undefined || translator.isRunning) return;
    // One that came too late for its own turn would end the next: the CLI may hear it after what is written behind it.
    if (openInterrupts > 0) return;
    const next = turns.next();
    if (!next) return;
    const { turnId, prompt } = next.turn;
    if (next.isRepeated) {
      const detail = "this agent was given this turn before";
      return endUnasked(turnId, { outcome: "failed", failure: { code: "turn_already_taken", detail } });
    }
    const tell = () => {
      translator.asked(turnId);
      write(userLine(turnId, prompt));
    };
    if (!mayResumeByItself) return tell();
    // Written at once, it would meet the CLI's own restart of it, and which of the two counts would be a matter of luck.
    mayResumeByItself = false;
    translator.expected(turnId);
    tellUnlessResumed = () => {
      if (translator.askedTurnId === turnId && !translator.isRunning && !isGone) tell();
    };
    if (isReady) setTimeout(tellUnlessResumed, RESUMES_WITHIN_MS);
  };

  const ask = (request: { subtype: string; [field: string]: unknown }) =>
    control.request(request, CONTROL_TIMEOUT_MS).catch((error: unknown) => {
      if (error instanceof ControlError && error.reason === "gone") return;
      log.warn("the agent did not do as asked", { request: request.subtype, error });
    });

  const describeContext = (requestId: string) => {
    const tell = (context: ContextUsage | undefined) =>
      emit({ type: "context_described", requestId, context });
    control
      .request({ subtype: "get_context_usage", detail: "summary" }, CONTROL_TIMEOUT_MS)
      .then((answer) => tell(readContextUsage(answer)))
      .catch((error: unknown) => {
        log.warn("the agent did not tell what fills its context", { session_id: spec.sessionId, error });
        tell(undefined);
      });
  };

  const describeCost = () => {
    const tell = (costUsd: number | undefined) => emit({ type: "cost_described", costUsd });
    control
      .request({ subtype: "get_usage", skip_behaviors: true }, CONTROL_TIMEOUT_MS)
      .then((answer) => tell(readSessionCost(answer)))
      .catch((error: unknown) => {
        log.warn("the agent did not tell what its session has cost", { session_id: spec.sessionId, error });
        tell(undefined);
      });
  };

  const interruptNow = () => {
    openInterrupts += 1;
    void ask({ subtype: "interrupt", cancel_queued: true }).then(() => {
      openInterrupts -= 1;
      writeNextTurn();
    });
  };

  const interrupt = () => {
    for (const { turnId } of turns.clear()) endUnasked(turnId, { outcome: "interrupted" });
    if (translator.askedTurnId === undefined && !translator.isRunning) return;
    // A turn that has been written and not begun isn't reached by an interrupt that overtakes it.
    interruptWanted = !translator.isRunning;
    interruptNow();
  };

  const answerRequest = (line: LineOf<"control_request">) => {
    const { request_id, request } = line;
    if (request.subtype === "can_use_tool") return;
    if (request.subtype === "mcp_message") return hostTools.hear(line);
    const error = `claude-coord does not answer ${request.subtype}`;
    write({ type: "control_response", response: { subtype: "error", request_id, error } });
  };

  const hear = (line: Line) => {
    if (line.kind === "noise" && !isNoisy) {
      isNoisy = true;
      log.warn("the agent writes what is no line of its protocol", { session_id: spec.sessionId });
    }
    if (line.kind === "system/session_writes_lost") {
      log.warn("the CLI can't write its session down; the disk may be full", { session_id: spec.sessionId });
    }
    if (line.kind === "control_response") control.answered(line.line);
    if (line.kind === "control_request") answerRequest(line.line);
    if (line.kind === "control_cancel_request") hostTools.withdrawn(line.line.request_id);
    const events = translator.translate(line);
    for (const event of events) emit(event);
    // What it answers to a question of ours says nothing about its turn.
    if (line.kind === "control_response") return;
    if (events.length > 0 || deps.now() - lastAliveAt < ALIVE_EVERY_MS) return;
    lastAliveAt = deps.now();
    emit({ type: "alive" });
  };

  const readLine = (source: string) => {
    if (failure) return;
    try {
      hear(parseLine(source));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      fail({ code: "protocol", detail: error.message });
    }
  };

  const becomeReady = async () => {
    try {
      const { version, models } = readReadiness(
        await control.request(
          {
            subtype: "initialize",
            ...(hostTools.serverNames.length === 0 ? {} : { sdkMcpServers: hostTools.serverNames }),
          },
          deps.startTimeoutMs,
        ),
      );
      if (judgeVersion(version) === "too_old") return fail({ code: "claude_too_old", detail: version });
      isReady = true;
      emit({ type: "ready", version, models });
      if (tellUnlessResumed !== undefined) setTimeout(tellUnlessResumed, RESUMES_WITHIN_MS);
      writeNextTurn();
    } catch (error) {
      if (error instanceof ProtocolError) return fail({ code: "protocol", detail: error.message });
      if (!(error instanceof ControlError)) throw error;
      if (error.reason === "timed_out") fail({ code: "stalled", detail: error.message });
      if (error.reason === "refused") fail({ code: "protocol", detail: error.message });
    }
  };

  const spawn = (prepared: PreparedStart): AgentProcess => {
    const reader = createLineReader({
      maxLineBytes: deps.maxLineBytes,
      onLine: readLine,
      onOversized: () => fail({ code: "protocol", detail: `a line of more than ${deps.maxLineBytes} bytes` }),
    });
    const started = startProcess({ ...prepared, onStdout: reader.push });
    log.debug("agent started", { pid: started.pid, session_id: spec.sessionId });
    return started;
  };

  const live = async (): Promise<AgentFailure | undefined> => {
    try {
      const prepared = await deps.prepare(spec);
      if (stopGraceMs !== undefined) return undefined;
      if ("code" in prepared) return prepared;
      child = spawn(prepared);
      for (const line of unsent.splice(0)) child.write(line);
      void becomeReady();
      const exit = await child.exited;
      if (stopGraceMs !== undefined) return undefined;
      return failure ?? translator.startFailure ?? failureOfExit(exit);
    } catch (error) {
      return failureOfSpawn(error);
    } finally {
      control.close();
    }
  };

  const send = (command: AgentCommand) => {
    switch (command.type) {
      case "turn":
        turns.add(command);
        return writeNextTurn();
      case "interrupt":
        return interrupt();
      case "answer":
        return permissions.answer(command.requestId, command.answer);
      case "tool_answer":
        return hostTools.answer(command);
      case "set_model":
        return void ask({
          subtype: "set_model",
          ...(command.model === undefined ? {} : { model: command.model }),
        });
      case "set_permission_mode":
        return void ask({ subtype: "set_permission_mode", mode: command.permissionMode });
      case "rename_session":
        return void ask({ subtype: "rename_session", title: command.title });
      case "describe_context":
        return describeContext(command.requestId);
      case "describe_cost":
        return describeCost();
      case "ask_again":
        return ask({ subtype: "apply_flag_settings", settings: { permissions: { ask: command.rules } } });
      case "stop":
        stopGraceMs = command.graceMs;
        child?.end(command.graceMs);
    }
  };

  const exited = live().then((reason) => {
    for (const requestId of permissions.openIds()) emit({ type: "permission_withdrawn", requestId });
    log.debug("agent gone", { session_id: spec.sessionId, failure: reason?.code });
    emit({ type: "exited", failure: reason });
    isGone = true;
  });

  return {
    get pid() {
      return child?.pid;
    },
    send,
    exited,
  };
}

const CONTROL_TIMEOUT_MS = 30_000;
/** The CLI takes an interrupted turn up 0.5 s after its start, as measured; a busy machine takes longer. */
const RESUMES_WITHIN_MS = 3000;
const ALIVE_EVERY_MS = 1000;
