import type { Agent, AgentCommand, AgentEvent, AgentFailure, AgentSpec } from "../core/agent.ts";
import { type Control, ControlError, createControl } from "./control.ts";
import { createTranslator } from "./events.ts";
import { failureOfExit, failureOfSpawn } from "./failures.ts";
import { createLineReader } from "./line-reader.ts";
import { type Line, type LineOf, ProtocolError, parseLine } from "./lines.ts";
import { type AgentProcess, type ProcessOptions, startProcess } from "./process.ts";
import { readReadiness } from "./readiness.ts";
import { endWithoutResult } from "./turn-end.ts";
import { userLine } from "./user-line.ts";
import { judgeVersion } from "./version.ts";

export interface AgentDeps {
  /** What to start, or why it can't be. */
  readonly prepare: (spec: AgentSpec) => Promise<PreparedStart | AgentFailure>;
  readonly log: AgentLog;
  /** How long the process may take to answer at all. */
  readonly startTimeoutMs: number;
  readonly maxLineBytes: number;
  /** From SIGTERM to SIGKILL, when it is ended for a reason of its own. */
  readonly killGraceMs: number;
  /** Monotonic, in ms. */
  readonly now: () => number;
}

export type PreparedStart = Omit<ProcessOptions, "onStdout">;

/** The daemon's logger, as far as this room needs it. */
export interface AgentLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

type TurnCommand = Extract<AgentCommand, { type: "turn" }>;
type PermissionAnswerCommand = Extract<AgentCommand, { type: "answer" }>;

/** Starts an agent and speaks for it until it is gone; see core/agent.ts for what it promises. */
export function createAgent(deps: AgentDeps, spec: AgentSpec, onEvent: (event: AgentEvent) => void): Agent {
  const { log } = deps;
  const translator = createTranslator();
  const waitingTurns: TurnCommand[] = [];
  const takenTurnIds = new Set<string>();
  const openPermissions = new Map<string, Readonly<Record<string, unknown>>>();
  let child: AgentProcess | undefined;
  let isReady = false;
  let isGone = false;
  let stopGraceMs: number | undefined;
  let failure: AgentFailure | undefined;
  let interruptWanted = false;
  let lastAliveAt = Number.NEGATIVE_INFINITY;

  const control: Control = createControl((line) => child?.write(line));

  const emit = (event: AgentEvent) => {
    if (isGone) return;
    if (event.type === "permission_requested") openPermissions.set(event.requestId, event.input);
    if (event.type === "permission_withdrawn" && !openPermissions.delete(event.requestId)) return;
    if (event.type === "turn_ended") interruptWanted = false;
    onEvent(event);
    if (event.type === "turn_started" && interruptWanted) interruptNow();
    if (event.type === "turn_ended") writeNextTurn();
  };

  const fail = (reason: AgentFailure) => {
    failure ??= reason;
    child?.end(deps.killGraceMs);
  };

  const writeNextTurn = () => {
    if (!isReady || translator.askedTurnId !== undefined || translator.isRunning) return;
    const turn = waitingTurns.shift();
    if (!turn) return;
    takenTurnIds.add(turn.turnId);
    translator.asked(turn.turnId);
    child?.write(userLine(turn.turnId, turn.prompt));
  };

  const run = (turn: TurnCommand) => {
    if (takenTurnIds.has(turn.turnId)) {
      // The CLI would swallow it without a word.
      const taken = { code: "turn_already_taken", detail: "this agent was given this turn before" } as const;
      emit({
        type: "turn_ended",
        turnId: turn.turnId,
        end: endWithoutResult({ outcome: "failed", failure: taken }),
      });
      return;
    }
    waitingTurns.push(turn);
    writeNextTurn();
  };

  const ask = (request: { subtype: string; [field: string]: unknown }) => {
    control.request(request, CONTROL_TIMEOUT_MS).catch((error: unknown) => {
      if (error instanceof ControlError && error.reason === "gone") return;
      log.warn("the agent did not do as asked", { request: request.subtype, error });
    });
  };

  const interruptNow = () => ask({ subtype: "interrupt", cancel_queued: true });

  const interrupt = () => {
    for (const { turnId } of waitingTurns.splice(0)) {
      emit({ type: "turn_ended", turnId, end: endWithoutResult({ outcome: "interrupted" }) });
    }
    if (translator.askedTurnId === undefined && !translator.isRunning) return;
    // A turn that has been written and not begun isn't reached by an interrupt that overtakes it.
    interruptWanted = !translator.isRunning;
    interruptNow();
  };

  const answer = ({ requestId, answer }: PermissionAnswerCommand) => {
    const input = openPermissions.get(requestId);
    if (!input) return;
    openPermissions.delete(requestId);
    const response = answer.behavior === "allow" ? { updatedInput: input, ...answer } : answer;
    child?.write({
      type: "control_response",
      response: { subtype: "success", request_id: requestId, response },
    });
  };

  const refuseUnknown = ({ request_id, request }: LineOf<"control_request">) => {
    if (request.subtype === "can_use_tool") return;
    const error = `claude-coord does not answer ${request.subtype}`;
    child?.write({ type: "control_response", response: { subtype: "error", request_id, error } });
  };

  const hear = (line: Line) => {
    if (line.kind === "noise") log.warn("the agent wrote something that is no line of its protocol");
    if (line.kind === "control_response") control.answered(line.line);
    if (line.kind === "control_request") refuseUnknown(line.line);
    const events = translator.translate(line);
    for (const event of events) emit(event);
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
        await control.request({ subtype: "initialize" }, deps.startTimeoutMs),
      );
      if (judgeVersion(version) === "too_old") return fail({ code: "claude_too_old", detail: version });
      isReady = true;
      emit({ type: "ready", version, models });
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
        return run(command);
      case "interrupt":
        return interrupt();
      case "answer":
        return answer(command);
      case "set_model":
        return ask({
          subtype: "set_model",
          ...(command.model === undefined ? {} : { model: command.model }),
        });
      case "set_permission_mode":
        return ask({ subtype: "set_permission_mode", mode: command.permissionMode });
      case "stop":
        stopGraceMs = command.graceMs;
        child?.end(command.graceMs);
    }
  };

  const exited = live().then((reason) => {
    for (const requestId of [...openPermissions.keys()]) emit({ type: "permission_withdrawn", requestId });
    log.debug("agent gone", { session_id: spec.sessionId, failure: reason });
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
const ALIVE_EVERY_MS = 1000;
