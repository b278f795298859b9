import type { Config } from "../../../config/config.ts";
import type { AccessRule } from "../../../core/projects/project.ts";
import { type Finding, ok, warning } from "../finding.ts";

/** Who may talk to Claude, and so has what its tools reach. */
export function checkOpenAccess({ access, projects }: Config): Finding[] {
  const fix = "Name users or roles: claude-coord config edit";
  const open = projects.filter((project) => (project.access ?? access).everyone);
  const findings = open.map(({ name, permissionMode }) => {
    const unasked = permissionMode === "bypassPermissions" ? ", and its tools run without asking" : "";
    return warning(
      "security.access",
      `${name}: everyone who can write in the channel may use Claude${unasked}`,
      fix,
    );
  });
  if (findings.length > 0) return findings;
  if (projects.length === 0 && access.everyone) return [warning("security.access", "access: everyone", fix)];
  return [ok("security.access", `who may talk to Claude: ${described(access)}${ownRules(projects)}`)];
}

function described({ users, roles }: AccessRule): string {
  if (users.length + roles.length === 0) return "members with Manage Server, since nobody is named";
  return `${count(users.length, "user")} and ${count(roles.length, "role")} by name`;
}

function ownRules(projects: Config["projects"]): string {
  const own = projects.filter((project) => project.access !== undefined).length;
  return own === 0 ? "" : `; ${count(own, "project")} with a rule of their own`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
