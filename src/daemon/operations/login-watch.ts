import { isLoginFailure } from "../../core/operations/alerts.ts";
import type { Events } from "../../core/operations/events.ts";

/** What the CLI tells of its login; see src/claude/login.ts. */
export interface LoginAnswer {
  readonly loggedIn: boolean;
  readonly expiresAtMs: number | undefined;
  /** Changes when somebody logs in anew. */
  readonly fingerprint: string;
}

export type LoginState =
  | { readonly type: "unknown" }
  | { readonly type: "ok"; readonly expiresAtMs: number | undefined }
  | { readonly type: "gone"; readonly why: string };

export interface LoginWatchDeps {
  readonly read: () => Promise<LoginAnswer | undefined>;
  readonly events: Pick<Events, "listen">;
  readonly onState: (state: LoginState) => void;
  readonly now: () => number;
  readonly log: { warn(message: string, fields?: object): void };
}

export interface LoginWatch {
  state(): LoginState;
  /** Asks the CLI now, and from then on once a day, more often while the login does not work. */
  start(): void;
  stop(): void;
}

const DAY_MS = 24 * 60 * 60_000;
const WHILE_GONE_MS = 60_000;

/**
 * Knows whether the CLI is logged in. The CLI itself only tells what is configured, also of a login that has expired;
 * what a turn met counts for more, until one succeeds or somebody has logged in anew.
 */
export function watchLogin(deps: LoginWatchDeps): LoginWatch {
  let state: LoginState = { type: "unknown" };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let isStarted = false;
  /** What the CLI told when a turn's login was refused: while it stays so, nobody has logged in. */
  let refusedWith: string | undefined;
  let lastExpiry: number | undefined;

  const set = (next: LoginState) => {
    state = next;
    if (stopped) return;
    deps.onState(next);
    clearTimeout(timer);
    if (isStarted) timer = setTimeout(look, next.type === "gone" ? WHILE_GONE_MS : DAY_MS).unref();
  };

  const judge = (answer: LoginAnswer): LoginState => {
    if (!answer.loggedIn) return { type: "gone", why: "Claude Code is not logged in" };
    if (refusedWith !== undefined && refusedWith === answer.fingerprint) {
      return state.type === "gone" ? state : { type: "gone", why: REFUSED };
    }
    refusedWith = undefined;
    const { expiresAtMs } = answer;
    // The CLI tells an expiry only while it is to come.
    if (expiresAtMs === undefined && lastExpiry !== undefined && lastExpiry <= deps.now()) {
      return { type: "gone", why: "it has expired" };
    }
    lastExpiry = expiresAtMs ?? lastExpiry;
    return { type: "ok", expiresAtMs };
  };

  const look = () => {
    deps.read().then(
      (answer) => set(answer === undefined ? state : judge(answer)),
      (error: unknown) => deps.log.warn("the CLI could not be asked about its login", { error }),
    );
  };

  const refused = async (why: string) => {
    set({ type: "gone", why });
    refusedWith ??= (await deps.read().catch(() => undefined))?.fingerprint;
  };

  const stopListening = deps.events.listen((event) => {
    if (event.type !== "turn_changed" || event.turn.state !== "delivering") return;
    const { turn } = event;
    if (isLoginFailure(turn)) {
      void refused(turn.end?.failureCode === "not_logged_in" ? "Claude Code is not logged in" : REFUSED);
    } else if (turn.end?.outcome === "answered" && state.type === "gone") {
      refusedWith = undefined;
      set({ type: "ok", expiresAtMs: lastExpiry });
    }
  });

  return {
    state: () => state,
    start: () => {
      isStarted = true;
      look();
    },
    stop: () => {
      stopped = true;
      stopListening();
      clearTimeout(timer);
    },
  };
}

const REFUSED = "Anthropic refuses it";
