import type { Turn } from "../turns/turn.ts";
import { whileWanted } from "./while-wanted.ts";

/** What an administrator should hear of. Those of one kind are told apart by their key. */
export type AlertKind =
  | "login_gone"
  | "login_expiring"
  | "usage_limit"
  | "budget"
  | "disk_low"
  | "agent_crashes"
  | "new_version"
  | "audit_failing"
  /** The last daemon did not stop by itself; nothing that could be over. */
  | "daemon_crashed";

export type AlertFacts = Readonly<Record<string, string | number>>;

export interface Alert {
  readonly kind: AlertKind;
  readonly key: string;
  readonly facts: AlertFacts;
  /** Whether it stands; false: it is over, and that is still to be told. */
  readonly isActive: boolean;
  /** When it began, or was over (ms since the epoch). */
  readonly changedAtMs: number;
}

/** The durable record of alerts: what stands, and what of it is told. */
export interface AlertStore {
  /** Notes that it stands. One that stands already keeps its time and gets the new facts, and is not told again. */
  raise(kind: AlertKind, key: string, facts: AlertFacts): void;
  /** Notes that it is over; one that nobody was told of is forgotten. */
  clear(kind: AlertKind, key: string): void;
  standing(): readonly Alert[];
  /** Those whose last change nobody was told of, oldest first. */
  untold(): readonly Alert[];
  told(alert: Alert): void;
}

export interface AlertsDeps {
  readonly store: AlertStore;
  /** Rejects when it can't be told now; false when there is nobody to tell. */
  readonly tell: (alert: Alert) => Promise<boolean>;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

export interface Alerts {
  raise(kind: AlertKind, key: string, facts: AlertFacts): void;
  clear(kind: AlertKind, key: string): void;
  standing(): readonly Alert[];
  /** Tells what is still untold. Never rejects. */
  tellAll(): Promise<void>;
}

/** Each alert is told once when it begins and once when it is over, also across restarts. */
export function createAlerts({ store, tell, log }: AlertsDeps): Alerts {
  const isStanding = (kind: AlertKind, key: string) =>
    store.standing().some((alert) => alert.kind === kind && alert.key === key);

  const tellEach = async () => {
    for (let [alert] = store.untold(); alert !== undefined; [alert] = store.untold()) {
      if (!(await tell(alert)) && alert.kind !== "daemon_crashed") return;
      store.told(alert);
    }
  };
  const telling = whileWanted(tellEach, (error) =>
    log.warn("an alert could not be told; it is tried again", { error }),
  );
  const tellAll = () => {
    telling.want();
    return telling.idle();
  };
  return {
    raise: (kind, key, facts) => {
      if (!isStanding(kind, key)) log.warn("an alert begins", { alert: kind, ...facts });
      store.raise(kind, key, facts);
      telling.want();
    },
    clear: (kind, key) => {
      if (!isStanding(kind, key)) return;
      log.info("an alert is over", { alert: kind });
      store.clear(kind, key);
      telling.want();
    },
    standing: store.standing,
    tellAll,
  };
}

/** Ends that say that the CLI's login does not work. */
export function isLoginFailure(turn: Turn): boolean {
  return turn.end?.failureCode === "not_logged_in" || turn.end?.failureCode === "login_expired";
}
