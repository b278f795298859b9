import { existsSync, readFileSync } from "node:fs";
import { type Protection, protections } from "../../systemd/protections.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import { describeService, type Service } from "./describe-service.ts";
import { UNIT } from "./manager.ts";
import type { ServiceOptions } from "./service-options.ts";
import { checkUnit } from "./unit-check.ts";

/** What `service status --json` prints. */
interface ServiceStatus {
  readonly unit: string;
  readonly unit_state: "missing" | "current" | "differs";
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
  const found = await findStatus(await describeService(options, terminal));
  if (options.json) printJson(terminal, found);
  else terminal.stdout.write(`${readable(found).join("\n")}\n`);
}

async function findStatus(service: Service): Promise<ServiceStatus> {
  const { manager, text } = service;
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
    unit_state: installed === undefined ? "missing" : installed === text ? "current" : "differs",
    active: value("ActiveState"),
    result: value("Result"),
    enabled: value("UnitFileState") === "enabled",
    pid,
    since: value("ActiveEnterTimestamp") || undefined,
    restarts: Number(value("NRestarts")),
    status: value("StatusText"),
    exposure: (await checkUnit(manager, installed ?? text)).exposure,
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
  const states = { missing: "not installed", current: "current", differs: "differs: run service install" };
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
