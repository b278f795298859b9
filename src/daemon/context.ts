import type { Config } from "../config/config.ts";
import type { Environment, Paths } from "../config/paths.ts";
import type { FloodGate } from "../core/access/flood.ts";
import type { Events } from "../core/operations/events.ts";
import type { Project } from "../core/projects/project.ts";
import type { Redactor } from "../core/secrets/redactor.ts";
import type { Logger } from "./logging/logger.ts";
import type { Report } from "./logging/report.ts";
import type { SecretAlarm } from "./operations/secret-alarm.ts";
import type { Stores } from "./stores.ts";
import type { Budgets } from "./turns/budgets.ts";

/** What every part of the daemon may need. */
export interface DaemonContext {
  /** Asked each time something depends on it: a changed config counts from the next turn on. */
  readonly config: () => Config;
  readonly paths: Paths;
  readonly env: Environment;
  readonly log: Logger;
  readonly events: Events;
  /** Says when too much is asked; every way in which a turn begins asks it. */
  readonly floods: FloodGate;
  readonly budgets: Budgets;
  readonly report: Report;
  /** Keeps secrets out of what people and Discord get to see. */
  readonly redactor: Redactor;
  readonly secretFound: SecretAlarm;
  /** `ledger` tells `events` of each turn that moves. */
  readonly stores: Stores;
  /** The project as it is configured now; undefined when it is no longer. */
  readonly projectNamed: (name: string) => Project | undefined;
  /** Aborted when the daemon stops waiting for Discord: what is not sent by then waits for the next start. */
  readonly writing: AbortSignal;
}
