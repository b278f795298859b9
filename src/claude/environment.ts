/** One way of being logged in; without one, the CLI uses the login in its config directory. */
export type Credential =
  | { readonly ANTHROPIC_API_KEY: string }
  | { readonly CLAUDE_CODE_OAUTH_TOKEN: string };

export interface EnvironmentOptions {
  readonly path: string;
  readonly home: string;
  /** Where the CLI keeps its sessions and login, when not in `home`. */
  readonly configDir?: string | undefined;
  readonly credential?: Credential | undefined;
  /** Any environment; only language and time zone are taken from it. */
  readonly locale: Readonly<Record<string, string | undefined>>;
  /** What the person configured for the CLI; may override all but our markers. */
  readonly extraEnv: Readonly<Record<string, string>>;
  /** Attempts after a failed request; the CLI's own default is minutes of silence. */
  readonly retries: number;
}

/**
 * The environment of everything that we start for Claude, built from nothing: its tools can read all of it, so it
 * must never hold the bot's token or our own variables.
 */
export function claudeEnvironment(options: EnvironmentOptions): Record<string, string> {
  const wanted: Record<string, string | undefined> = {
    PATH: options.path,
    ...pick(options.locale, (name) => /^(LANG|LANGUAGE|LC_[A-Z]+|TZ)$/.test(name)),
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: String(options.retries),
    // A failed start is told as a line too, with its reason.
    CLAUDE_CODE_STARTUP_FAILURE_RESULTS: "1",
    CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: "1",
    // Joins deltas; the first of a message still comes at once.
    CLAUDE_CODE_STREAM_EVENT_HOLD_MS: "100",
    ...options.credential,
    ...pick(options.extraEnv, (name) => !OURS.test(name)),
    // Where sessions and login are looked for elsewhere too.
    HOME: options.home,
    CLAUDE_CONFIG_DIR: options.configDir,
  };
  return pick(wanted, () => true);
}

/** Adds what lets us find an agent's processes again, when it is gone or when we are. */
export function markEnvironment(
  environment: Readonly<Record<string, string>>,
  marks: { instanceId: string; agentId: string; daemon: string; continueInterrupted: boolean },
): Record<string, string> {
  return {
    ...environment,
    [INSTANCE_MARK]: marks.instanceId,
    [AGENT_MARK]: marks.agentId,
    [DAEMON_MARK]: marks.daemon,
    ...(marks.continueInterrupted ? { CLAUDE_CODE_RESUME_INTERRUPTED_TURN: "1" } : {}),
  };
}

/** Which installation an agent belongs to; survives the daemon. */
export const INSTANCE_MARK = "CLAUDE_COORD_INSTANCE";
/** One start of one agent. */
export const AGENT_MARK = "CLAUDE_COORD_AGENT";
/** The daemon that started it, as `pid:start time`. */
export const DAEMON_MARK = "CLAUDE_COORD_DAEMON";

/** Never for Claude's eyes, or, the last, a sign to the CLI that it runs inside another one. */
const OURS = /^(DISCORD_TOKEN|CONFIG_PATH|CLAUDE_COORD_.*|CLAUDECODE)$/;

function pick(
  from: Readonly<Record<string, string | undefined>>,
  wanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(from).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && wanted(entry[0]),
    ),
  );
}
