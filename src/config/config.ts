import type { FloodLimits } from "../core/access/flood.ts";
import type { AccessRule, MemberList, Project, Snowflake } from "../core/projects/project.ts";

/** The configuration as the rest of the program has it: one form, whole words, times in milliseconds. */
export interface Config {
  readonly discord: {
    /** Empty only when loaded with `needsToken: false`. */
    readonly token: string;
    readonly guildId: Snowflake | undefined;
    readonly apiUrl: string;
  };
  readonly access: AccessRule;
  readonly limits: FloodLimits;
  readonly admins: MemberList;
  readonly claude: {
    /** A name on PATH, or a path. */
    readonly command: string;
    readonly env: Readonly<Record<string, string>>;
    /** Absolute path. */
    readonly configDir: string | undefined;
    /** The one variable with which Claude logs in; undefined when it has its own login or `env` has one. */
    readonly credential: ClaudeCredential | undefined;
    readonly idleTimeoutMs: number;
    readonly maxAgents: number | "auto";
    readonly stallTimeoutMs: number;
    readonly startTimeoutMs: number;
    readonly killGraceMs: number;
    readonly warmOnTyping: boolean;
  };
  readonly replies: {
    readonly stream: boolean;
    readonly footer: boolean;
    readonly tools: "off" | "brief" | "full";
    readonly maxMessages: number;
    readonly acknowledge: boolean;
  };
  readonly attachments: { readonly maxBytes: number; readonly maxFiles: number };
  readonly approvals: { readonly timeoutMs: number };
  readonly catchUp: {
    readonly maxAgeMs: number;
    /** For each channel. */
    readonly maxMessages: number;
  };
  readonly edits: "ignore" | "rerun";
  readonly restart: "ask" | "continue";
  readonly shutdown: { readonly graceMs: number };
  readonly redact: "all" | "own";
  readonly logging: { readonly level: LogLevel; readonly messages: boolean };
  readonly health: { readonly listen: ListenAddress | undefined; readonly token: string | undefined };
  readonly alerts: { readonly channelId: Snowflake | undefined; readonly diskMinBytes: number };
  readonly ledger: { readonly keepMs: number; readonly text: "keep" | "drop" };
  /** Absolute path. */
  readonly projectsRoot: string;
  /** Where an address of a repository begins a new project. */
  readonly setupChannelId: Snowflake | undefined;
  readonly projects: readonly ConfiguredProject[];
}

/** A project, and the host that it lives on when it is not this one. */
export interface ConfiguredProject extends Project {
  readonly host: string | undefined;
}

/** What Claude logs in with, as a variable of its environment. */
export interface ClaudeCredential {
  readonly name: "CLAUDE_CODE_OAUTH_TOKEN" | "ANTHROPIC_API_KEY";
  readonly value: string;
}

export type LogLevel = "error" | "warn" | "info" | "debug";

/** Where to listen; `host` without the brackets of an IPv6 address. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}
