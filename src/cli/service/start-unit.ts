import { CoordError } from "../../core/operations/errors.ts";
import { type Manager, UNIT } from "./manager.ts";

/** Starts the service and waits until Discord sends it events. Throws service_failed with what the daemon says of why not. */
export async function startUnit(manager: Manager, how: "start" | "restart"): Promise<void> {
  const since = Math.floor(Date.now() / 1000);
  try {
    await manager.systemctl(how, UNIT);
  } catch (error) {
    // systemctl only says that it did not work.
    const why = (await statusText(manager)) || (await lastWords(manager, since));
    if (why === "") throw error;
    throw new CoordError("service_failed", `The service does not start: ${why}`, { cause: error });
  }
}

async function statusText({ systemctl }: Manager): Promise<string> {
  return (await systemctl("show", UNIT, "--property=StatusText", "--value")).trim();
}

/** systemd forgets the status when it tries again, and may have done so by now. */
async function lastWords({ isSystem, run }: Manager, since: number): Promise<string> {
  const scope = isSystem ? [] : ["--user"];
  const args = ["--unit", UNIT, "--since", `@${since}`, "--output=cat", "--no-pager"];
  const { stdout } = await run("journalctl", [...scope, ...args]);
  const said = stdout.split("\n").filter((line) => line.startsWith(SAID));
  return said.at(-1)?.slice(SAID.length) ?? "";
}

const SAID = "claude-coord: ";
