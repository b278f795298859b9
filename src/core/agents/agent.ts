import type { SessionGrants } from "../access/grants.ts";
import type { PermissionMode, Snowflake } from "../projects/project.ts";

/*
 * The agent port: the running `claude` process of a conversation, as the product sees it. Only plain values cross
 * it, no closures and no handles, so that an agent may one day run on another host (docs/decisions.md).
 */

/** What an agent is started with. Two specs with equal values may share a process. */
export interface AgentSpec {
  readonly conversationId: Snowflake;
  /** UUID of the Claude Code session. */
  readonly sessionId: string;
  /** False for a session that does not exist yet and gets this id; true to resume it. */
  readonly resume: boolean;
  /** A session that a new one begins as a copy of; only without `resume`. */
  readonly forkOf?: string | undefined;
  /** What people call the session. */
  readonly title?: string | undefined;
  /**
   * Take up the turn that an earlier process of this session may have left unfinished. Needs `resume`. The first
   * turn that is sent is that one: it runs once, whether the CLI takes it up by itself or had never heard of it.
   */
  readonly continueInterrupted: boolean;
  /** Absolute path. */
  readonly projectDir: string;
  readonly model: string | undefined;
  readonly allowedTools: readonly string[];
  readonly systemPrompt: string | undefined;
  readonly permissionMode: PermissionMode;
  /** Absolute paths of folders that it may read besides the project's; none unless given. */
  readonly additionalDirs?: readonly string[];
  /** Tools that we offer it; none unless given. They are never asked about. */
  readonly hostTools?: readonly HostTool[];
  /** What people allowed earlier in this session. A running process knows it already and needs no new start for it. */
  readonly granted?: Pick<SessionGrants, "rules" | "directories">;
}

/** A tool of ours, as Claude is told of it. */
export interface HostTool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** A piece of what a person said; `data` is base64. */
export type PromptPart =
  | { readonly type: "text"; readonly text: string }
  /** A command of the CLI's own, like `/compact`; it stands alone. Never what a person wrote. */
  | { readonly type: "command"; readonly text: SessionCommand }
  | { readonly type: "image"; readonly mediaType: string; readonly data: string }
  | { readonly type: "document"; readonly mediaType: string; readonly data: string; readonly title: string };

export type SessionCommand = "/compact" | "/context" | "/usage";

/** The answer to a permission request. */
export type PermissionAnswer =
  | {
      readonly behavior: "allow";
      /** The input to run instead of the one asked about; also carries the answers to AskUserQuestion. */
      readonly updatedInput?: Readonly<Record<string, unknown>>;
      /** Rules to keep, as the request suggested them. */
      readonly updatedPermissions?: readonly unknown[];
    }
  | { readonly behavior: "deny"; readonly message: string; readonly interrupt?: boolean };

export type AgentCommand =
  /** Run one turn. `turnId` (a UUID) is the message's uuid: the CLI swallows one that it already has. */
  | { readonly type: "turn"; readonly turnId: string; readonly prompt: readonly PromptPart[] }
  /** End the running turn; the session stays usable. */
  | { readonly type: "interrupt" }
  | { readonly type: "answer"; readonly requestId: string; readonly answer: PermissionAnswer }
  /** The answer to `tool_called`; one that comes too late does nothing. */
  | {
      readonly type: "tool_answer";
      readonly callId: string;
      readonly text: string;
      readonly isError: boolean;
    }
  | { readonly type: "set_model"; readonly model: string | undefined }
  | { readonly type: "set_permission_mode"; readonly permissionMode: PermissionMode }
  /** Ask from now on about what these rules name, whatever allows it; the list takes the place of an earlier one. */
  | { readonly type: "ask_again"; readonly rules: readonly string[] }
  | { readonly type: "rename_session"; readonly title: string }
  /** Asks what fills the context; answered by `context_described`, also while a turn runs. */
  | { readonly type: "describe_context"; readonly requestId: string }
  /** Asks what the session has cost; answered by `cost_described`, also while a turn runs. */
  | { readonly type: "describe_cost" }
  /** End the process: SIGTERM, then after `graceMs` SIGKILL of what is left of it and its tools. */
  | { readonly type: "stop"; readonly graceMs: number };

/** Why a turn or an agent failed. Each has a sentence for people in discord/, and an entry in the docs. */
export type AgentFailureCode =
  | "not_logged_in"
  | "login_expired"
  | "usage_limit"
  | "rate_limited"
  | "overloaded"
  | "billing"
  | "model_unknown"
  | "context_full"
  | "budget_reached"
  | "max_turns"
  | "refused"
  | "output_too_long"
  | "network"
  | "api_error"
  | "stalled"
  /** Nothing to resume: the transcript is gone or damaged. */
  | "session_unknown"
  /** A transcript with this id is there already, so it can only be resumed. */
  | "session_exists"
  /** Another process has this session open. */
  | "session_in_use"
  /** The CLI had already taken this turnId and says nothing more about it. */
  | "turn_already_taken"
  | "bypass_as_root"
  | "claude_config_damaged"
  | "project_dir_missing"
  | "claude_missing"
  | "claude_too_old"
  | "claude_crashed"
  /** A line that is not as the protocol says, or larger than any sane one. */
  | "protocol";

export interface AgentFailure {
  readonly code: AgentFailureCode;
  /** For the log: what the CLI said. Never shown to people as it is. */
  readonly detail: string;
  /** When a limit lifts, in ms since the epoch, where it is known. */
  readonly resetsAtMs?: number;
}

/** How a turn ended, as the agent tells it. */
export interface AgentTurnEnd {
  readonly outcome: "completed" | "interrupted" | "failed";
  /** The last answer's text; the `text` events before it are the whole. */
  readonly text: string;
  /** Present when `outcome` is `failed`. */
  readonly failure?: AgentFailure;
  /** The session's running total in US dollars, an estimate from list prices; it survives a resume. */
  readonly sessionCostUsd: number;
  /** Wall time that the CLI reports for this turn. */
  readonly durationMs: number;
  /** The CLI's count of model rounds in this turn. */
  readonly numTurns: number;
  /** Tokens of this turn: what was read (cached or not) and what was written. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Tokens in the window after the last round, and the window's size; 0 when unknown. */
  readonly contextTokens: number;
  readonly contextWindow: number;
  /** Tool calls that were denied in this turn, by people or without asking anyone. */
  readonly deniedTools: readonly { readonly name: string; readonly toolUseId: string }[];
}

/**
 * What an agent reports, in order. A turn is over at its `turn_ended` or at `exited`, whichever comes first.
 * Text comes as `preview` while it is written, which may be withdrawn, and as `text` once it is certain.
 */
export type AgentEvent =
  /** The process has answered its first control request: it takes turns. `models` as the CLI offers them. */
  | { readonly type: "ready"; readonly version: string; readonly models: readonly AgentModel[] }
  /** A turn begins; `turnId` is undefined when the agent started it by itself (a background task ended). */
  | { readonly type: "turn_started"; readonly turnId: string | undefined }
  /** More of the text that is being written; to be added to the previews since the last `text` or withdrawal. */
  | { readonly type: "preview"; readonly text: string }
  /** What was previewed since the last `text` did not stand: a stream broke and will be repeated. */
  | { readonly type: "preview_withdrawn" }
  /** One finished block of text. It replaces the preview. `inSubagent`: spoken inside a subagent, not to people. */
  | { readonly type: "text"; readonly text: string; readonly inSubagent: boolean }
  | { readonly type: "thinking"; readonly tokens: number }
  | {
      readonly type: "tool_use";
      readonly toolUseId: string;
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
      /** The tool use whose subagent makes this one. */
      readonly parentToolUseId: string | undefined;
    }
  | {
      readonly type: "tool_result";
      readonly toolUseId: string;
      readonly isError: boolean;
      readonly text: string;
    }
  | {
      readonly type: "permission_requested";
      readonly requestId: string;
      readonly toolUseId: string;
      readonly toolName: string;
      readonly input: Readonly<Record<string, unknown>>;
      readonly suggestions: readonly unknown[];
      /** People are asked whatever the permission mode is: a tool of ours wants to know. */
      readonly mustAsk?: boolean;
    }
  /** Somebody's answer is on its way to the CLI. */
  | { readonly type: "permission_answered"; readonly requestId: string }
  /** The session's running total in US dollars at this moment; undefined when the agent could not tell. */
  | { readonly type: "cost_described"; readonly costUsd: number | undefined }
  /** The CLI no longer waits for this answer. */
  | { readonly type: "permission_withdrawn"; readonly requestId: string }
  /** Claude uses a tool of ours and waits for its answer. */
  | {
      readonly type: "tool_called";
      readonly callId: string;
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
  | { readonly type: "retrying"; readonly attempt: number; readonly delayMs: number; readonly reason: string }
  /** A usage window's state, with healthy turns too. */
  | {
      readonly type: "usage_window";
      readonly status: "allowed" | "warning" | "rejected";
      readonly window: string;
      readonly utilization: number | undefined;
      readonly resetsAtMs: number | undefined;
    }
  | { readonly type: "compacting"; readonly active: boolean }
  /** The answer to `describe_context`; without `context` when the CLI could not tell. */
  | {
      readonly type: "context_described";
      readonly requestId: string;
      readonly context: ContextUsage | undefined;
    }
  /** How many background tasks run; while there are any, the agent is busy though no turn runs. */
  | { readonly type: "background"; readonly tasks: number }
  /** Bytes arrived that mean nothing to us: the agent is alive. */
  | { readonly type: "alive" }
  | { readonly type: "turn_ended"; readonly turnId: string | undefined; readonly end: AgentTurnEnd }
  /** The process is gone; nothing follows. `failure` unless it was asked to stop. */
  | { readonly type: "exited"; readonly failure: AgentFailure | undefined };

/** How full a session's context is, in tokens. */
export interface ContextUsage {
  readonly tokens: number;
  readonly window: number;
  readonly categories: readonly {
    /** As the CLI calls it: `System prompt`. */
    readonly name: string;
    readonly tokens: number;
    /** `deferred` is not loaded, `buffer` is kept free for compacting. */
    readonly kind: "used" | "deferred" | "buffer" | "free";
  }[];
}

export interface AgentModel {
  /** What `--model` takes. */
  readonly value: string;
  readonly displayName: string;
}

/** A started agent. `send` never throws: a command that cannot be delivered shows as `exited`. */
export interface Agent {
  readonly pid: number | undefined;
  send(command: AgentCommand): void;
  /** Settles, never rejects, when the process and its leftovers are gone. */
  readonly exited: Promise<void>;
}

/** Starts an agent. Returns at once; a start that fails shows as `exited` with its failure. */
export type StartAgent = (spec: AgentSpec, onEvent: (event: AgentEvent) => void) => Agent;
