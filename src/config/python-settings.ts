import type { RuleContext } from "./rules.ts";

/**
 * Explains what changed since the Python bot, when the file has no keys but those that it knew: most likely it was
 * written for it.
 */
export function pythonSettingsAreExplained({ projects, value: root, findings }: RuleContext): void {
  if (typeof root !== "object" || root === null || projects.length === 0) return;
  const entries = "projects" in root ? Object.values(root.projects ?? {}) : [];
  const token = "discord" in root ? Object.keys(root.discord ?? {}) : [];
  const onlyPythonKeys =
    Object.keys(root).every((key) => key === "discord" || key === "projects") &&
    token.every((key) => key === "token") &&
    entries.every((entry) => Object.keys(entry ?? {}).every((key) => PYTHON_PROJECT_KEYS.has(key)));
  if (!onlyPythonKeys) return;
  findings.warning(
    ["projects"],
    "no project has a permission_mode, so Claude asks in the channel before it uses a tool that is not in allowed_tools",
    "The Python bot never asked. To have that back, write `permission_mode: bypassPermissions` in the project; " +
      "to keep asking without this notice, write `permission_mode: default`.",
  );
  findings.warning(
    ["projects"],
    "there is no access, so only members with Manage Server may talk to Claude",
    "The Python bot answered everyone who could write in the channel. To have that back, write `access: everyone`; " +
      'better, list the people: `access: { users: ["their id"] }`.',
  );
}

const PYTHON_PROJECT_KEYS = new Set([
  "name",
  "channel_id",
  "project_dir",
  "allowed_tools",
  "model",
  "system_prompt",
]);
