import { type AccessPolicy, type Actor, decideAccess, isHeard, type Refusal } from "../access/access.ts";
import type { Project, Snowflake } from "../projects/project.ts";
import { hasMaterial, type Material, type StartedThread } from "./material.ts";

/** A message as it came from Discord, live or by catch-up. */
export interface IncomingMessage {
  readonly id: Snowflake;
  readonly channelId: Snowflake;
  /** The channel that a thread or forum post belongs to. */
  readonly parentChannelId: Snowflake | undefined;
  readonly guildId: Snowflake | undefined;
  readonly author: Actor;
  readonly authorName: string;
  /** As written, with `<@id>` mentions. */
  readonly content: string;
  /** Users and roles that Discord says are mentioned; a reply with its ping on mentions the author replied to. */
  readonly mentionedUserIds: readonly Snowflake[];
  readonly mentionedRoleIds: readonly Snowflake[];
  /** False for joins, pins, thread starters and other messages that nobody wrote. */
  readonly isOrdinary: boolean;
  /** What came with it besides its text. */
  readonly material: Material;
  /** The thread in which it stands. */
  readonly thread?: StartedThread | undefined;
}

/** Somebody has begun to type. */
export type IncomingTyping = Pick<IncomingMessage, "channelId" | "parentChannelId" | "guildId" | "author">;

/** Who the bot is, and which of its roles stand for it when people pick the role instead of the user. */
export interface BotIdentity {
  readonly userId: Snowflake;
  readonly roleIds: readonly Snowflake[];
}

export interface Routing {
  readonly bot: BotIdentity;
  readonly projects: readonly Project[];
  readonly policy: AccessPolicy;
  /** The guild of a channel, as far as Discord has told. */
  readonly guildOf: (channelId: Snowflake) => Snowflake | undefined;
  /** Whether a channel or thread has a session of its own now. */
  readonly hasSession: (channelId: Snowflake) => boolean;
}

export type Route =
  | {
      readonly kind: "ignore";
      readonly reason: "not_ordinary" | "not_a_person" | "no_project" | "not_addressed";
    }
  | { readonly kind: "refuse"; readonly project: Project; readonly reason: Refusal }
  /** Addressed, and nothing said. */
  | { readonly kind: "hint"; readonly project: Project }
  | {
      readonly kind: "turn";
      readonly project: Project;
      readonly conversationId: Snowflake;
      readonly guildId: Snowflake;
      readonly prompt: string;
    };

/** What becomes of a message. Pure; catch-up and live messages take the same way. */
export function routeMessage(message: IncomingMessage, routing: Routing, nowMs: number): Route {
  const meant = addressee(message, routing);
  if (typeof meant === "string") return { kind: "ignore", reason: meant };
  const { project, guildId } = meant;

  const target = { guildId: routing.guildOf(project.channelId), project };
  const access = decideAccess(message.author, "talk", target, routing.policy, nowMs);
  if (!access.allowed) return { kind: "refuse", project, reason: access.reason };

  const prompt = withoutMention(message.content, routing.bot);
  if (prompt === "" && !hasMaterial(message.material)) {
    // A bot takes no hint, and may answer it.
    return message.author.kind === "bot"
      ? { kind: "ignore", reason: "not_addressed" }
      : { kind: "hint", project };
  }
  const conversationId = conversationOf(message.channelId, project, routing.hasSession);
  return { kind: "turn", project, conversationId, guildId, prompt };
}

/** Whether a message is meant for Claude, whoever wrote it; whether that person may talk is another question. */
export function isForClaude(message: IncomingMessage, routing: Routing): boolean {
  return typeof addressee(message, routing) !== "string";
}

/** The project of a channel, or of a thread under it. */
export function projectOf(
  channelId: Snowflake,
  parentChannelId: Snowflake | undefined,
  projects: readonly Project[],
): Project | undefined {
  return projects.find((project) => project.channelId === channelId || project.channelId === parentChannelId);
}

/**
 * The conversation of a project's channel or of a thread under it. Where threads share their channel's, one that has
 * a session of its own keeps that until it is reset: a fork, or a thread from before the setting.
 */
export function conversationOf(
  channelId: Snowflake,
  project: Project,
  hasSession: (channelId: Snowflake) => boolean,
): Snowflake {
  const isShared = project.threads === "share" && channelId !== project.channelId && !hasSession(channelId);
  return isShared ? project.channelId : channelId;
}

type Ignored = Extract<Route, { kind: "ignore" }>["reason"];

function addressee(
  message: IncomingMessage,
  routing: Routing,
): { project: Project; guildId: Snowflake } | Ignored {
  if (!message.isOrdinary) return "not_ordinary";
  // Whatever is listed: the bot does not answer itself.
  if (message.author.kind === "webhook" || message.author.userId === routing.bot.userId)
    return "not_a_person";
  const { guildId } = message;
  const project = projectOf(message.channelId, message.parentChannelId, routing.projects);
  if (project === undefined || guildId === undefined) return "no_project";
  if (!isHeard(message.author, project, routing.policy)) return "not_a_person";
  if (project.mention === "required" && !isAddressed(message, routing.bot)) return "not_addressed";
  return { project, guildId };
}

function isAddressed(message: IncomingMessage, bot: BotIdentity): boolean {
  return (
    message.mentionedUserIds.includes(bot.userId) ||
    message.mentionedRoleIds.some((roleId) => bot.roleIds.includes(roleId))
  );
}

/** A mention of the bot says who is meant, not what: it is no part of the question. */
function withoutMention(content: string, bot: BotIdentity): string {
  const own = [`<@${bot.userId}>`, `<@!${bot.userId}>`, ...bot.roleIds.map((roleId) => `<@&${roleId}>`)];
  let text = content;
  for (const mention of own) {
    // At either end it goes with its space; in the middle of a sentence the sentence keeps one.
    text = text
      .split(mention)
      .map((piece) => piece.replace(/^[ \t]+|[ \t]+$/g, ""))
      .join(" ");
  }
  return text.trim();
}
