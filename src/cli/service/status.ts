import { existsSync, readFileSync } from "node:fs";
import { CoordError } from "../../core/operations/errors.ts";
import { type Protection, protections } from "../../systemd/protections.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import { describeService } from "./describe-service.ts";
import { findManager, type Manager, UNIT } from "./manager.ts";
import type { ServiceOptions } from "./service-options.ts";
import { checkUnit } from "./unit-check.ts";

/** What `service status --json` prints. */
interface ServiceStatus {
  readonly unit: string;
  /** Unknown when the config has problems: then it can't be told how the unit should be. */
  readonly unit_state: "missing" | "current" | "differs" | "unknown";
  /** As systemd says: active, inactive, failed, activating, deactivating. */
  readonly active: string;
  readonly result: string;
  readonly enabled: boolean;
  readonly pid: number | undefined;
  readonly since: string | undefined;
  readonly restarts: number;
  /** What the daemon says of itself. */
  readonly status: string;
  readonly exposure: string | undefined;
  /** Of the running process, as the kernel has them; undefined when this user may not look. */
  readonly protections: readonly Protection[] | undefined;
}

/** Shows the service as systemd and the kernel see it. */
export async function status(
  options: ServiceOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const manager = await findManager(options, terminal.env);
  const found = await findStatus(manager, await expectedText(options, terminal));
  if (options.json) printJson(terminal, found);
  else terminal.stdout.write(`${readable(found).join("\n")}\n`);
}

/** The text that the unit should have; undefined when the config does not tell, which is said. */
async function expectedText(options: ServiceOptions, terminal: Terminal): Promise<string | undefined> {
  try {
    return (await describeService(options, terminal)).text;
  } catch (error) {
    if (!(error instanceof CoordError)) throw error;
    terminal.explain(error.message);
    return undefined;
  }
}

function compare(installed: string | undefined, expected: string | undefined): ServiceStatus["unit_state"] {
  if (installed === undefined) return "missing";
  if (expected === undefined) return "unknown";
  return installed === expected ? "current" : "differs";
}

async function findStatus(manager: Manager, text: string | undefined): Promise<ServiceStatus> {
  const properties = "ActiveState,Result,UnitFileState,MainPID,ActiveEnterTimestamp,NRestarts,StatusText";
  const shown = await manager.systemctl("show", UNIT, `--property=${properties}`);
  const values = new Map(
    shown
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const value = (name: string) => values.get(name) ?? "";
  const installed = existsSync(manager.unitFile) ? readFileSync(manager.unitFile, "utf8") : undefined;
  const pid = Number(value("MainPID")) || undefined;
  return {
    unit: manager.unitFile,
    unit_state: compare(installed, text),
    active: value("ActiveState"),
    result: value("Result"),
    enabled: value("UnitFileState") === "enabled",
    pid,
    since: value("ActiveEnterTimestamp") || undefined,
    restarts: Number(value("NRestarts")),
    status: value("StatusText"),
    exposure: installed === undefined ? undefined : (await checkUnit(manager, installed)).exposure,
    protections: pid === undefined ? undefined : protectionsOf(pid),
  };
}

function protectionsOf(pid: number): Protection[] | undefined {
  try {
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8");
    return protections({ status: read("status"), mountinfo: read("mountinfo") });
  } catch {
    return undefined;
  }
}

function readable(found: ServiceStatus): string[] {
  const states = {
    missing: "not installed",
    current: "current",
    differs: "differs: run service install",
    unknown: "can't be compared: the config has problems",
  };
  const names = (isEffective: boolean) =>
    found.protections?.filter((each) => each.isEffective === isEffective).map(({ name }) => name) ?? [];
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["service", `${found.active}${found.result === "success" ? "" : ` (${found.result})`}`],
    ["says", found.status],
    ["since", found.since],
    ["process", found.pid?.toString()],
    ["restarts", String(found.restarts)],
    ["at boot", found.enabled ? "started" : "not started"],
    ["unit", `${found.unit} (${states[found.unit_state]})`],
    ["exposure", found.exposure],
    ["protected", names(true).join(", ")],
    ["not in force", names(false).join(", ")],
  ];
  return lines.flatMap(([name, text]) => (text ? [`${name.padEnd(14)}${text}`] : []));
}
