import { statfsSync } from "node:fs";
import { TOO_LITTLE_BYTES } from "../../core/operations/disk.ts";
import type { CheckResult, HealthChecks } from "../../core/operations/health.ts";
import { createPatience } from "../patience.ts";
import type { LoginState } from "./login-watch.ts";

export interface HealthSources {
  readonly isConnected: () => boolean;
  /** Throws when the database can't be written. */
  readonly probeDatabase: () => void;
  readonly login: () => LoginState;
  readonly home: string;
  /** With less than this free, somebody should make room. */
  readonly diskMinBytes: () => number;
  readonly now: () => number;
}

/** Lost connections are taken up again within seconds; that is no reason to call anybody. */
const GATEWAY_PATIENCE_MS = 60_000;
/** Probes come from several sides, and each write of the database waits for the disk. */
const PROBE_EVERY_MS = 5_000;
export const EXPIRES_SOON_MS = 7 * 24 * 60 * 60_000;

/** What `/healthz` looks at. */
export function healthChecks(sources: HealthSources): HealthChecks {
  const isConnectedEnough = createPatience({
    holds: sources.isConnected,
    patienceMs: GATEWAY_PATIENCE_MS,
    now: () => performance.now(),
  });
  let probedAtMs = Number.NEGATIVE_INFINITY;
  let database: CheckResult = OK_DATABASE;
  return {
    gateway: () => {
      const isPatient = isConnectedEnough();
      if (sources.isConnected()) return { status: "ok", detail: "connected" };
      if (isPatient) return { status: "degraded", detail: "not connected at the moment" };
      return { status: "failing", detail: "not connected for more than a minute" };
    },
    database: () => {
      if (performance.now() - probedAtMs >= PROBE_EVERY_MS) {
        probedAtMs = performance.now();
        database = probe(sources.probeDatabase);
      }
      return database;
    },
    claude_login: () => loginResult(sources.login(), sources.now()),
    disk: () => {
      const free = freeBytes(sources.home);
      const detail = `${gibibytes(free)} free`;
      if (free < TOO_LITTLE_BYTES) return { status: "failing", detail };
      return { status: free < sources.diskMinBytes() ? "degraded" : "ok", detail };
    },
  };
}

const OK_DATABASE: CheckResult = { status: "ok", detail: "can be written" };

function probe(write: () => void): CheckResult {
  try {
    write();
    return OK_DATABASE;
  } catch (error) {
    return { status: "failing", detail: `can't be written: ${(error as Error).message}` };
  }
}

function loginResult(login: LoginState, nowMs: number): CheckResult {
  if (login.type === "unknown") return { status: "ok", detail: "not looked at yet" };
  if (login.type === "gone") return { status: "failing", detail: login.why };
  const { expiresAtMs } = login;
  if (expiresAtMs === undefined) return { status: "ok", detail: "logged in" };
  const detail = `logged in until ${new Date(expiresAtMs).toISOString().slice(0, 10)}`;
  return { status: expiresAtMs - nowMs < EXPIRES_SOON_MS ? "degraded" : "ok", detail };
}

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export function gibibytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
