import type { ConfiguredProject } from "../../config/config.ts";
import { projectAdded, projectKeySet } from "../../config/project-edits.ts";
import type { WrittenProject } from "../../config/project-schema.ts";
import { type SettingValue, settingSet } from "../../config/setting-edits.ts";
import type { Named, SetupBot, SetupChannel } from "../../discord/setup/setup.ts";
import type { ChosenAccess } from "./choose-access.ts";
import type { ClaudeSettings } from "./choose-claude.ts";
import type { Folder } from "./choose-folder.ts";
import type { ChosenLogin } from "./choose-login.ts";

/** All that was settled on; nothing of it is done yet. */
export interface Plan {
  readonly bot: SetupBot;
  readonly apiUrl: string;
  /** What goes into the config; undefined when the token stays where it is, or goes into a file of root's. */
  readonly configToken: string | undefined;
  readonly guild: Named;
  readonly channel: SetupChannel;
  readonly project: ProjectPlan;
  readonly access: ChosenAccess;
  readonly login: ChosenLogin;
}

export interface ProjectPlan extends ClaudeSettings {
  readonly name: string;
  /** As it is configured; undefined for a new one. */
  readonly kept: ConfiguredProject | undefined;
  readonly folder: Folder;
  readonly mention: "required" | "optional" | undefined;
}

/** The text of config.yaml as the plan wants it; what the plan says nothing about stays, comments included. */
export function plannedConfig(before: string, plan: Plan): string {
  const { access, login, configToken, apiUrl } = plan;
  let text = before;
  if (configToken !== undefined) text = settingSet(text, ["discord", "token"], configToken);
  if (apiUrl !== DISCORD || /^\s+api_url:/m.test(before))
    text = settingSet(text, ["discord", "api_url"], apiUrl);
  text = settingSet(text, ["access"], written(access), access.names);
  if (login.variable !== undefined) {
    text = settingSet(text, ["claude", "env", login.variable.name], login.variable.value);
  }
  return withProject(text, plan);
}

/** The beginning of a new file. */
export const NEW_CONFIG =
  "# Written by `claude-coord init`: run it again to change this or to add a project. By hand: claude-coord config edit\n";

const DISCORD = "https://discord.com/api";

function written({ rule }: ChosenAccess): SettingValue {
  const { bots = [] } = rule;
  if (rule.everyone) return bots.length === 0 ? "everyone" : { everyone: true, bots };
  if (rule.users.length === 0 && rule.roles.length === 0 && bots.length === 0) return undefined;
  return {
    ...(bots.length === 0 ? {} : { bots }),
    ...(rule.users.length === 0 ? {} : { users: rule.users }),
    ...(rule.roles.length === 0 ? {} : { roles: rule.roles }),
  };
}

function withProject(text: string, { project, channel }: Plan): string {
  const { name, kept, folder, model, permissionMode, allowedTools, mention } = project;
  if (kept === undefined) {
    const entry: WrittenProject = { name, channel_id: channel.id, project_dir: folder.path };
    if (allowedTools.length > 0) entry.allowed_tools = [...allowedTools];
    if (model !== undefined) entry.model = model;
    entry.permission_mode = permissionMode;
    if (mention !== undefined) entry.mention = mention;
    return projectAdded(text, entry);
  }
  // Only what differs: a default that was never written is not written now.
  const changes = [
    ["channel_id", kept.channelId, channel.id],
    ["project_dir", kept.projectDir, folder.path],
    ["model", kept.model, model],
    ["permission_mode", kept.permissionMode, permissionMode],
    ["mention", kept.mention, mention ?? kept.mention],
  ] as const;
  const edited = changes.reduce(
    (edits, [key, was, now]) => (was === now ? edits : projectKeySet(edits, name, key, now)),
    text,
  );
  return kept.allowedTools.join("\n") === allowedTools.join("\n")
    ? edited
    : projectKeySet(edited, name, "allowed_tools", allowedTools);
}
