import type { PermissionMode } from "../../core/projects/project.ts";

/** How the bot is run once it is set up. */
export type ServiceKind = "system" | "user" | "none";

/** How Claude is to log in: by its own login, with a token or key from the environment, or not yet. */
export type LoginKind = "now" | "token" | "api-key" | "later";

/** The answers that the command line gives beforehand. */
export interface InitOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly config?: string;
  readonly apiUrl?: string;
  readonly tokenStdin?: boolean;
  /** How long to wait for a person's click in Discord; undefined: for ever on a terminal, not at all without. */
  readonly waitMs?: number;
  readonly guild?: string;
  readonly channel?: string;
  readonly name?: string;
  readonly dir?: string;
  readonly createDir?: boolean;
  readonly clone?: string;
  readonly model?: string;
  readonly permissionMode?: PermissionMode;
  readonly allowedTools?: readonly string[];
  readonly mention?: "required" | "optional";
  readonly allowUser?: readonly string[];
  readonly allowRole?: readonly string[];
  readonly allowManagers?: boolean;
  readonly allowEveryone?: boolean;
  /** False with --no-claude-check. */
  readonly claudeCheck: boolean;
  readonly claudeLogin?: LoginKind;
  readonly hello?: boolean;
  readonly service?: ServiceKind;
  readonly serviceUser: string;
}
