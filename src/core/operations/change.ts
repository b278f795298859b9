import type { SessionGrants } from "../access/grants.ts";
import type { PermissionMode, Snowflake } from "../projects/project.ts";

/** What people change while the bot runs, besides asking Claude. */
export type Change =
  | { readonly kind: "session_reset"; readonly sessionId: string }
  | { readonly kind: "session_resumed"; readonly sessionId: string }
  /** Undefined: Claude Code chooses. */
  | { readonly kind: "model"; readonly before: string | undefined; readonly after: string | undefined }
  | { readonly kind: "permission_mode"; readonly before: PermissionMode; readonly after: PermissionMode }
  | { readonly kind: "project_added"; readonly channelId: Snowflake; readonly projectDir: string }
  | { readonly kind: "project_removed"; readonly channelId: Snowflake; readonly projectDir: string }
  /** The project may cost more today than its budget says. */
  | { readonly kind: "budget_released" }
  /** What had been allowed for the rest of a session is asked about again. */
  | { readonly kind: "permissions_withdrawn"; readonly sessionId: string; readonly grants: SessionGrants };

/** A setting of config.yaml before and after, in the file's own words; secrets are starred out. */
export interface ChangedSetting {
  /** `projects.web.model` */
  readonly key: string;
  /** Undefined: it was not there. */
  readonly before: unknown;
  readonly after: unknown;
}
