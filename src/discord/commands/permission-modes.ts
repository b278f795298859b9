import type { PermissionMode } from "../../core/projects/project.ts";

/**
 * The permission modes that can be chosen in Discord. `bypassPermissions` takes every question away, so it is chosen
 * on the bot's host alone.
 */
export const PERMISSION_MODES = [
  { name: "default: asks about each tool that is not allowed", value: "default" },
  { name: "acceptEdits: changes files in the project without asking", value: "acceptEdits" },
  { name: "plan: plans first, and asks before it begins", value: "plan" },
] as const satisfies readonly { readonly name: string; readonly value: PermissionMode }[];
