import type { Budget } from "./budget.ts";

/** Discord's id of anything: a 64-bit integer in decimal, kept as text since a JavaScript number cannot hold it. */
export type Snowflake = string;

/** As Claude Code calls them; `default` asks about every tool use that is not allowed beforehand. */
export type PermissionMode = "default" | "acceptEdits" | "plan" | "bypassPermissions";

export type ThreadMode = "isolate" | "worktree" | "share";

/** Who is meant, by snowflake and never by name. */
export interface MemberList {
  readonly users: readonly Snowflake[];
  readonly roles: readonly Snowflake[];
}

/** Who may talk to Claude. Empty lists without `everyone` mean: only members with Manage Guild. */
export interface AccessRule extends MemberList {
  readonly everyone: boolean;
  /** Bots that may talk too, and do nothing else; none unless given. */
  readonly bots?: readonly Snowflake[] | undefined;
}

/** One entry of the config: a channel bound to a directory, with Claude settings and an access rule. */
export interface Project {
  readonly name: string;
  readonly channelId: Snowflake;
  /** Absolute path; the working directory of the project's sessions. */
  readonly projectDir: string;
  /** Tool names or rules as `--allowedTools` takes them: `Read`, `Bash(git *)`. */
  readonly allowedTools: readonly string[];
  /** As a person wrote it: an alias (`sonnet`) stays an alias. Undefined: the CLI's own default. */
  readonly model: string | undefined;
  /** Added to Claude's own system prompt. */
  readonly systemPrompt: string | undefined;
  readonly permissionMode: PermissionMode;
  /** Whether a message must mention the bot to be meant for it. */
  readonly mention: "required" | "optional";
  /**
   * What a thread under the channel is: a conversation with a session of its own (`isolate`), one that also has a
   * working copy of its own (`worktree`), or a part of the channel's conversation (`share`).
   */
  readonly threads: ThreadMode;
  /** This project's own rule in place of the general one. */
  readonly access: AccessRule | undefined;
  /** What it may cost; nothing is limited unless given. */
  readonly budget?: Budget | undefined;
}
