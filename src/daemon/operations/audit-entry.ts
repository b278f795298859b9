import { createHash } from "node:crypto";
import type { AuditEntry } from "../../audit/chain.ts";
import type { Change } from "../../core/operations/change.ts";
import type { CoordEvent } from "../../core/operations/events.ts";
import type { Turn } from "../../core/turns/turn.ts";

/**
 * What the audit log says of an event; undefined for those that nobody did. `withText`: whether what people write may
 * stand in it.
 */
export function auditEntry(event: CoordEvent, withText: boolean): AuditEntry | undefined {
  switch (event.type) {
    case "turn_changed":
      return turnEntry(event.turn, withText);
    case "message_refused":
      return entry("refused", {
        user_id: event.userId,
        what: "message",
        action: event.action,
        reason: event.reason,
        guild: event.guildId,
        conversation: event.conversationId,
        message_id: event.messageId,
        project: event.projectName,
      });
    case "flood_refused":
      return entry("refused", {
        user_id: event.userId,
        what: "too_much",
        reason: event.reason,
        conversation: event.conversationId,
        project: event.projectName,
      });
    case "interaction":
      return entry(event.reason === undefined ? "used" : "refused", {
        user_id: event.userId,
        what: event.name,
        action: event.action,
        reason: event.reason,
        guild: event.guildId,
        conversation: event.conversationId,
        projects: event.projectNames,
      });
    case "prompt_decided":
      return entry("permission_decided", {
        user_id: event.decidedBy,
        state: event.state,
        tool: event.toolName,
        input: shortened(event.input),
        for_session: event.granted && withoutUpdates(event.granted),
        ...aboutTurn(event.turn),
      });
    case "changed":
      return changeEntry(event);
    case "config_changed":
      return entry("config_changed", { settings: event.settings });
    case "config_refused":
      return entry("config_refused", { problems: event.problems });
    case "secret_withheld":
      return entry("secret_withheld", {
        place: event.place,
        error_id: event.errorId,
        conversation: event.channelId,
        ...(event.turn && aboutTurn(event.turn)),
      });
    default:
      return undefined;
  }
}

/** What is undefined does not become a part of the line. */
function entry(type: string, fields: Readonly<Record<string, unknown>>): AuditEntry {
  return { type, fields };
}

function turnEntry(turn: Turn, withText: boolean): AuditEntry | undefined {
  const { state, end } = turn;
  switch (state) {
    case "accepted":
      return entry("turn_accepted", {
        user_id: turn.authorId,
        ...aboutTurn(turn),
        guild: turn.guildId,
        message_id: turn.messageId,
        edited: turn.editedAtMs === undefined ? undefined : true,
        prompt_chars: turn.prompt.length,
        prompt: withText ? turn.prompt : undefined,
      });
    case "answered":
    case "failed":
    case "cancelled":
    case "expired":
      return entry("turn_ended", {
        outcome: state,
        failure: end?.failureCode,
        error_id: end?.errorId,
        ...aboutTurn(turn),
      });
    default:
      return undefined;
  }
}

function changeEntry({
  change,
  userId,
  conversationId,
  projectName,
}: Extract<CoordEvent, { type: "changed" }>): AuditEntry {
  return entry(CHANGES[change.kind], {
    user_id: userId,
    by: userId === undefined ? "shell" : undefined,
    conversation: conversationId,
    project: projectName,
    ...changed(change),
  });
}

const CHANGES: Readonly<Record<Change["kind"], string>> = {
  session_reset: "session_reset",
  session_resumed: "session_resumed",
  model: "model_changed",
  permission_mode: "permission_mode_changed",
  project_added: "project_added",
  project_removed: "project_removed",
  permissions_withdrawn: "permissions_withdrawn",
  budget_released: "budget_released",
};

function changed(change: Change): Readonly<Record<string, unknown>> {
  switch (change.kind) {
    case "session_reset":
    case "session_resumed":
      return { session_id: change.sessionId };
    case "model":
    case "permission_mode":
      return { before: change.before ?? "default", after: change.after ?? "default" };
    case "project_added":
    case "project_removed":
      return { channel: change.channelId, project_dir: change.projectDir };
    case "budget_released":
      return {};
    case "permissions_withdrawn":
      return { session_id: change.sessionId, ...withoutUpdates(change.grants) };
  }
}

/** A grant also holds what is sent to the CLI, which says the same once more. */
function withoutUpdates(grants: {
  readonly rules: readonly string[];
  readonly directories: readonly string[];
  readonly acceptsEdits: boolean;
}): object {
  return { rules: grants.rules, directories: grants.directories, accepts_edits: grants.acceptsEdits };
}

function aboutTurn(turn: Turn): Readonly<Record<string, unknown>> {
  return { turn_id: turn.id, conversation: turn.conversationId, project: turn.projectName };
}

/** Of what is written into files, the beginning and the hash are enough to know it again. A command stays whole. */
function shortened(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      name !== "command" && typeof value === "string" && value.length > MOST_CHARS
        ? { chars: value.length, sha256: hash(value), begins: value.slice(0, BEGINS_CHARS) }
        : value,
    ]),
  );
}

const MOST_CHARS = 4_000;
const BEGINS_CHARS = 1_000;

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
