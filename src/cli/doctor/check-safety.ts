import type { Config } from "../../config/config.ts";
import { bypassRefusal } from "../bypass-as-root.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** What works, and lets more happen than most people want. `serviceUserId`: whom the service runs as. */
export function checkSafety(config: Config, serviceUserId: number | undefined): Finding[] {
  const findings = [
    ...rootFindings(serviceUserId),
    ...accessFindings(config),
    ...bypassFindings(config, serviceUserId),
  ];
  return findings.length > 0 ? findings : [ok("safety", "access is limited, and nothing runs as root")];
}

function rootFindings(serviceUserId: number | undefined): Finding[] {
  if (serviceUserId !== 0) return [];
  return [
    warning(
      "safety.root",
      "the service runs as root: whoever may talk to Claude may ask it to change this whole machine",
      "Give it a user of its own: sudo claude-coord service install",
    ),
  ];
}

function accessFindings({ access, projects }: Config): Finding[] {
  const fix = "Name users or roles: claude-coord config edit";
  const open = projects.filter((project) => project.access?.everyone);
  return [
    ...(access.everyone
      ? [warning("safety.access", "everyone who can write in a channel may use Claude", fix)]
      : []),
    ...open.map(({ name }) =>
      warning("safety.access", `${name}: everyone who can write in the channel may use Claude`, fix),
    ),
  ];
}

function bypassFindings({ projects, claude, access }: Config, serviceUserId: number | undefined): Finding[] {
  const refusal = bypassRefusal(serviceUserId, claude.env);
  return projects
    .filter(({ permissionMode }) => permissionMode === "bypassPermissions")
    .flatMap(({ name, access: own }) => {
      const fix = "Choose another permission_mode: claude-coord config edit";
      if (refusal !== undefined) return [problem("safety.bypass", `${name}: ${refusal}`, fix)];
      if (!(own ?? access).everyone) return [];
      return [
        warning("safety.bypass", `${name}: everyone may use Claude, and its tools run without asking`, fix),
      ];
    });
}
