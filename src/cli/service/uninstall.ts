import { existsSync, rmSync } from "node:fs";
import { CoordError } from "../../core/operations/errors.ts";
import { agreeOrEnd } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { findManager, UNIT } from "./manager.ts";

/** Stops the service and takes its unit away. What people would miss stays, and is named. */
export async function uninstall(
  options: { readonly user?: boolean; readonly yes?: boolean },
  terminal: Terminal,
): Promise<void> {
  const manager = await findManager(options, terminal.env);
  if (!existsSync(manager.unitFile)) {
    terminal.explain(`There is no ${manager.unitFile}: nothing to do.`);
    return;
  }
  if (manager.isSystem && process.getuid?.() !== 0) {
    throw new CoordError("usage", "A service of the machine needs root: run it with sudo.");
  }
  await agreeOrEnd(terminal, options.yes, `Stop the service and remove ${manager.unitFile}?`);
  await manager.systemctl("disable", "--now", "--quiet", UNIT);
  rmSync(manager.unitFile);
  await manager.systemctl("daemon-reload");
  terminal.explain(
    "Removed. The service's user, its home with config and sessions, and the token file are still there.",
  );
}
