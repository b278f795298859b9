import { type APIMessageTopLevelComponent, ComponentType } from "discord-api-types/v10";
import { askAgainRules, NO_GRANTS, type SessionGrants } from "../../core/access/grants.ts";
import { agentSpec } from "../../core/agents/agent-spec.ts";
import type { Change } from "../../core/operations/change.ts";
import type { PermissionMode, Project } from "../../core/projects/project.ts";
import type { Session } from "../../core/turns/ledger.ts";
import { row } from "../channel/components.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { type HandlerContext, type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import { refusalText } from "../interactions/refusal-text.ts";
import { tellChange } from "../interactions/tell-change.ts";
import { cut, inCode } from "../reply/tool-line.ts";
import { announce } from "./announce.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type ConversationSubject, conversationSubject } from "./conversation-subject.ts";
import { PERMISSION_MODES } from "./permission-modes.ts";

export type PermissionsDeps = Pick<
  CommandsDeps,
  "projects" | "placed" | "sessions" | "grants" | "restrict" | "setPermissionMode" | "events" | "post"
>;

/** A menu holds 25. */
const SHOWN = 25;

/**
 * `/permissions [mode]`: how much Claude asks here, what it need not ask about, and what people allowed for this
 * session, with a menu that takes it back: `grants:<session>`.
 */
export function permissionsHandlers(deps: PermissionsDeps): {
  command: InteractionHandler;
  menu: InteractionHandler;
} {
  const here = (interaction: IncomingInteraction) => conversationSubject(interaction, deps);

  /** What runs goes on under the new rules, from its next tool on. */
  const apply = (session: Session, project: Project, withdrawn: SessionGrants) => {
    const { permissionMode } = agentSpec(session, project, deps.grants.of(session.sessionId), false);
    const rules = askAgainRules(withdrawn, project.projectDir);
    deps.restrict(session.conversationId, { rules, permissionMode });
  };

  const changed = (
    { project, conversationId }: ConversationSubject,
    interaction: IncomingInteraction,
    change: Change,
  ) => tellChange(interaction, { projectName: project.name, conversationId }, change, deps);

  const setMode = async (
    { subject, interaction, may, answer }: HandlerContext<ConversationSubject>,
    mode: PermissionMode,
  ) => {
    const { project, conversationId, channelId } = subject;
    if (!may("manage")) return answer.whisper({ content: refusalText("not_allowed", "manage") });
    if (project.permissionMode === mode) return answer.reply(shown(subject, deps));
    await deps.setPermissionMode(project.name, mode);
    changed(subject, interaction, { kind: "permission_mode", before: project.permissionMode, after: mode });
    for (const session of deps.sessions.list()) {
      if (session.projectName === project.name)
        apply(session, { ...project, permissionMode: mode }, NO_GRANTS);
    }
    const content =
      `**${project.name}** has the permission mode \`${mode}\` (before: \`${project.permissionMode}\`), also for what ` +
      "runs now.";
    await answer.reply({ content });
    const told = `-# <@${interaction.actor.userId}> set the permission mode of **${project.name}** to \`${mode}\`.`;
    await announce(conversationId, channelId, { content: told }, deps).catch(() => {});
  };

  return {
    command: interactionHandler<ConversationSubject>({
      action: "talk",
      subject: here,
      run: async (context) => {
        const { input } = context.interaction;
        const mode = PERMISSION_MODES.find(
          ({ value }) => input.type === "command" && value === input.options.mode,
        );
        if (mode !== undefined) return setMode(context, mode.value);
        await context.answer.reply(shown(context.subject, deps));
      },
    }),

    menu: interactionHandler<ConversationSubject>({
      action: "approve",
      subject: here,
      run: async ({ subject, interaction, answer }) => {
        const { project, conversationId, channelId } = subject;
        const { input } = interaction;
        const session = deps.sessions.current(conversationId);
        const sessionId = "customId" in input ? input.customId.split(":")[1] : undefined;
        if (session === undefined || session.sessionId !== sessionId || input.type !== "select") {
          return answer.update({ content: "That session is over, and what was allowed in it with it." });
        }
        const grants = entries(deps.grants.of(sessionId));
        const chosen = grants.filter((each, index) => input.values.includes(menuValue(each, index)));
        if (chosen.length > 0) {
          const withdrawn = together(chosen);
          deps.grants.remove(sessionId, withdrawn);
          changed(subject, interaction, { kind: "permissions_withdrawn", sessionId, grants: withdrawn });
          apply(session, project, withdrawn);
          const what = chosen.map(({ shown }) => shown).join(", ");
          const told = `-# <@${interaction.actor.userId}> took back what was always allowed in this session: ${cut(what, 1500)}`;
          await answer.update(shown(subject, deps));
          await announce(conversationId, channelId, { content: told }, deps).catch(() => {});
        } else await answer.update(shown(subject, deps));
      },
    }),
  };
}

function shown({ project, conversationId }: ConversationSubject, deps: PermissionsDeps): OutgoingMessage {
  const session = deps.sessions.current(conversationId);
  const grants = session === undefined ? [] : entries(deps.grants.of(session.sessionId));
  const listed = grants.slice(0, SHOWN);
  const { permissionMode, allowedTools } = project;
  const tools = allowedTools.map((tool) => `\`${inCode(tool)}\``).join(", ");
  const content = [
    `**${project.name}**: ${MODES[permissionMode]}`,
    permissionMode === "bypassPermissions"
      ? `Its tools: ${tools === "" ? "none" : cut(tools, 600)}.`
      : `Allowed in the configuration: ${tools === "" ? "nothing beyond that" : cut(tools, 600)}.`,
    grants.length === 0
      ? "Nothing was allowed for the rest of this session."
      : "Allowed for the rest of this session:",
    ...fitting(listed.map(({ shown }) => `- ${shown}`)),
    ...(grants.length > SHOWN ? [`-# and ${grants.length - SHOWN} more`] : []),
  ].join("\n");
  const menu: APIMessageTopLevelComponent[] =
    session === undefined || listed.length === 0 ? [] : [menuOf(session.sessionId, listed)];
  return { content, components: menu };
}

/** Whole lines, as many as there is room for: the menu has them all. */
function fitting(lines: readonly string[]): string[] {
  let room = LINES_ROOM;
  const shown = lines.filter((line) => {
    room -= line.length + 1;
    return room >= 0;
  });
  return shown.length === lines.length ? shown : [...shown, "-# The menu below has all of them."];
}

const LINES_ROOM = 1_000;

function menuOf(sessionId: string, grants: readonly Entry[]) {
  return row({
    type: ComponentType.StringSelect,
    custom_id: `grants:${sessionId}`,
    placeholder: "Take back…",
    min_values: 1,
    max_values: grants.length,
    options: grants.map((each, index) => ({ label: cut(each.label, 100), value: menuValue(each, index) })),
  });
}

const MODES: Readonly<Record<PermissionMode, string>> = {
  default: "Claude asks about each tool that is not allowed (`default`).",
  acceptEdits: "Claude changes files in the project without asking, and asks about the rest (`acceptEdits`).",
  plan: "Claude plans first and asks before it begins (`plan`).",
  bypassPermissions: "Claude asks about nothing (`bypassPermissions`).",
};

/** One thing that somebody allowed. */
interface Entry {
  readonly grants: SessionGrants;
  readonly label: string;
  readonly shown: string;
}

function entries({ rules, directories, acceptsEdits }: SessionGrants): Entry[] {
  return [
    ...rules.map((rule) => ({
      grants: { ...NO_GRANTS, rules: [rule] },
      label: rule,
      shown: `\`${inCode(rule)}\``,
    })),
    ...directories.map((directory) => ({
      grants: { ...NO_GRANTS, directories: [directory] },
      label: `work in ${directory}`,
      shown: `work in the directory \`${inCode(directory)}\``,
    })),
    ...(acceptsEdits
      ? [
          {
            grants: { ...NO_GRANTS, acceptsEdits },
            label: "every change of a file",
            shown: "every change of a file",
          },
        ]
      : []),
  ];
}

/** The place alone could mean another one by the time it is chosen. */
function menuValue({ label }: Entry, index: number): string {
  return `${index}:${label}`.slice(0, 100);
}

function together(chosen: readonly Entry[]): SessionGrants {
  return {
    rules: chosen.flatMap(({ grants }) => grants.rules),
    directories: chosen.flatMap(({ grants }) => grants.directories),
    acceptsEdits: chosen.some(({ grants }) => grants.acceptsEdits),
  };
}
