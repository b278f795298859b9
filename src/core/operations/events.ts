import type { Action, Refusal } from "../access/access.ts";
import type { Flood } from "../access/flood.ts";
import type { SessionGrants } from "../access/grants.ts";
import type { AgentEvent } from "../agents/agent.ts";
import type { Snowflake } from "../projects/project.ts";
import type { SecretPlace } from "../secrets/secret-watch.ts";
import type { PromptState } from "../turns/prompts.ts";
import type { Turn } from "../turns/turn.ts";
import type { Change, ChangedSetting } from "./change.ts";

/**
 * What happens in the daemon, told once it has happened: what metrics, alerts and the audit log listen to. Nothing
 * that must not be missed depends on it; the ledger has that.
 */
export type CoordEvent =
  /** A turn was accepted or has moved, and that is committed. */
  | { readonly type: "turn_changed"; readonly turn: Turn }
  /** A message came from somebody who may not: talk, or name a repository in the set-up channel. */
  | {
      readonly type: "message_refused";
      readonly userId: Snowflake;
      readonly guildId: Snowflake | undefined;
      readonly conversationId: Snowflake;
      readonly messageId: Snowflake;
      /** Undefined in the set-up channel. */
      readonly projectName: string | undefined;
      readonly action: Action;
      readonly reason: Refusal;
    }
  /** Somebody who may talk asked too much, so that it was not begun. */
  | {
      readonly type: "flood_refused";
      readonly userId: Snowflake;
      readonly conversationId: Snowflake;
      readonly projectName: string;
      readonly reason: Flood["reason"];
    }
  /** Somebody used a command, a button, a menu or a form, and may do so unless there is a `reason`. */
  | {
      readonly type: "interaction";
      readonly userId: Snowflake;
      readonly guildId: Snowflake | undefined;
      readonly conversationId: Snowflake;
      /** The command's name, or what stands before the first colon of the component's custom_id. */
      readonly name: string;
      readonly action: Action;
      readonly projectNames: readonly string[];
      readonly reason: Refusal | undefined;
    }
  /** Claude asked for permission. `text`: what the person was shown. */
  | { readonly type: "prompt_opened"; readonly turn: Turn; readonly toolName: string; readonly text: string }
  | {
      readonly type: "prompt_decided";
      readonly turn: Turn;
      readonly toolName: string;
      /** The whole input of the tool, as the person was shown it. */
      readonly input: Readonly<Record<string, unknown>>;
      readonly state: Exclude<PromptState, "open">;
      /** Undefined when nobody decided: a time-out, an interrupt. */
      readonly decidedBy: Snowflake | undefined;
      /** What was allowed for the rest of the session with it. */
      readonly granted: SessionGrants | undefined;
    }
  /** Somebody has changed something, and it counts. */
  | {
      readonly type: "changed";
      readonly change: Change;
      /** Undefined when it was done in a shell. */
      readonly userId: Snowflake | undefined;
      readonly conversationId: Snowflake | undefined;
      readonly projectName: string | undefined;
    }
  /** Another config.yaml counts from now on. */
  | { readonly type: "config_changed"; readonly settings: readonly ChangedSetting[] }
  /** A changed config.yaml has these problems, so that the last good one stays. */
  | { readonly type: "config_refused"; readonly problems: readonly string[] }
  /** The audit log can't be written, or can be again. */
  | {
      readonly type: "audit";
      readonly state: "failing" | "working";
      readonly file: string;
      readonly why: string;
    }
  /** One of what an agent tells; many a second while text streams. */
  | { readonly type: "agent"; readonly conversationId: Snowflake; readonly event: AgentEvent }
  | { readonly type: "gateway"; readonly state: "ready" | "lost" | "resumed" }
  /** Discord answered 429. */
  | {
      readonly type: "rate_limited";
      readonly route: string;
      readonly isGlobal: boolean;
      readonly waitMs: number;
    }
  /** A secret of ours was kept from people, or from Discord. */
  | {
      readonly type: "secret_withheld";
      readonly place: SecretPlace;
      readonly errorId: string;
      readonly turn: Turn | undefined;
      readonly channelId: Snowflake | undefined;
    }
  /** A failure was given an error id. */
  | {
      readonly type: "failure";
      readonly errorId: string;
      readonly what: string;
      readonly turn: Turn | undefined;
    };

export interface Events {
  emit(event: CoordEvent): void;
  /** Returns what ends the listening. */
  listen(listener: (event: CoordEvent) => void): () => void;
}

/** Tells each listener in the order of listening; one that fails is told to `onBug` and keeps the event from none. */
export function createEvents(onBug: (error: unknown) => void): Events {
  const listeners = new Set<(event: CoordEvent) => void>();
  return {
    emit: (event) => {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onBug(error);
        }
      }
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
