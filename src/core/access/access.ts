import type { AccessRule, MemberList, Project, Snowflake } from "../projects/project.ts";

/**
 * `talk`: ask Claude something. `approve`: answer its permission prompts. `manage`: reset, stop others' turns,
 * change the model. `admin`: add and remove projects.
 */
export type Action = "talk" | "approve" | "manage" | "admin";

/** Somebody who wants something, as Discord describes them at that moment. */
export interface Actor {
  readonly userId: Snowflake;
  readonly kind: "member" | "bot" | "webhook";
  /** Undefined in direct messages, and when Discord did not say. */
  readonly guildId: Snowflake | undefined;
  readonly roleIds: readonly Snowflake[];
  /** Guild-wide permissions of this member in `guildId`; the owner has them all. */
  readonly administrator: boolean;
  readonly manageGuild: boolean;
  /** Timed out by a moderator until this time (ms since the epoch). */
  readonly timedOutUntilMs: number | undefined;
}

/** The general rules of an install, as the config gives them. */
export interface AccessPolicy {
  /** Guilds that this install serves. In any other nobody may anything, its administrators included. */
  readonly guildIds: readonly Snowflake[];
  /** Undefined: nothing is configured. */
  readonly access: AccessRule | undefined;
  readonly admins: MemberList;
}

/** Where the action would take effect; `guildId` is the guild that the project's channel belongs to. */
export interface AccessTarget {
  readonly guildId: Snowflake | undefined;
  readonly project: Project | undefined;
}

export type Refusal =
  | "not_a_member"
  | "bot"
  | "webhook"
  | "direct_message"
  | "other_guild"
  | "timed_out"
  | "not_allowed";

export type AccessDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: Refusal };

/**
 * The one function that says who may do what; every way in asks it. Denies unless a rule allows: with nothing
 * configured, only members with Manage Guild may talk.
 */
export function decideAccess(
  actor: Actor,
  action: Action,
  target: AccessTarget,
  policy: AccessPolicy,
  nowMs: number,
): AccessDecision {
  if (actor.kind === "webhook") return refuse("webhook");
  const rule = ruleOf(target.project, policy);
  if (actor.kind === "bot" && (action !== "talk" || !isListedBot(actor, rule))) return refuse("bot");
  if (target.guildId === undefined) return refuse("direct_message");
  if (actor.guildId === undefined) return refuse("not_a_member");
  if (actor.guildId !== target.guildId) return refuse("other_guild");
  if (!policy.guildIds.includes(target.guildId)) return refuse("other_guild");
  if (actor.timedOutUntilMs !== undefined && actor.timedOutUntilMs > nowMs) return refuse("timed_out");
  if (actor.kind === "bot") return ALLOWED;

  const admin = actor.administrator || isListed(actor, policy.admins);
  if (admin) return ALLOWED;
  if (action === "admin") return refuse("not_allowed");
  if (action === "manage") return actor.manageGuild ? ALLOWED : refuse("not_allowed");
  return mayTalk(actor, rule) ? ALLOWED : refuse("not_allowed");
}

/**
 * Whether what somebody writes is looked at at all. Webhooks, and bots that nobody has listed, get no answer, not even
 * a refusal: two programs that answer each other would never end.
 */
export function isHeard(actor: Actor, project: Project, policy: AccessPolicy): boolean {
  return actor.kind === "member" || (actor.kind === "bot" && isListedBot(actor, ruleOf(project, policy)));
}

const ALLOWED: AccessDecision = { allowed: true };

function refuse(reason: Refusal): AccessDecision {
  return { allowed: false, reason };
}

function ruleOf(project: Project | undefined, policy: AccessPolicy): AccessRule | undefined {
  return project?.access ?? policy.access;
}

function isListedBot({ userId }: Actor, rule: AccessRule | undefined): boolean {
  return rule?.bots?.includes(userId) ?? false;
}

function mayTalk(actor: Actor, rule: AccessRule | undefined): boolean {
  if (rule?.everyone) return true;
  const isEmpty = rule === undefined || (rule.users.length === 0 && rule.roles.length === 0);
  return isEmpty ? actor.manageGuild : isListed(actor, rule);
}

/** @everyone is a role too, with the guild's own id. Who means everyone has to write `access: everyone`. */
function isListed({ userId, guildId, roleIds }: Actor, list: MemberList): boolean {
  return (
    list.users.includes(userId) || roleIds.some((roleId) => roleId !== guildId && list.roles.includes(roleId))
  );
}
