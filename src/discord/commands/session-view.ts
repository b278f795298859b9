import { type APIStringSelectComponent, ComponentType } from "discord-api-types/v10";
import type { Project } from "../../core/projects/project.ts";
import { button, row } from "../channel/components.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { discordTime, dollars } from "../reply/amounts.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import type { ChannelSession, ChannelSessions } from "./channel-sessions.ts";

/** What stands before the colon of the custom_id of each of its parts; a session's id stands behind it. */
export const SESSION_PARTS = {
  pick: "session-pick",
  resume: "session-resume",
  fork: "session-fork",
  rename: "session-rename",
  named: "session-named",
  export: "session-export",
} as const;

/** The current session of a channel, or the chosen one of its past, with what can be done with it. */
export function sessionView(
  all: ChannelSessions,
  chosenId: string | undefined,
  project: Project,
): OutgoingMessage {
  const chosen = all.past.find(({ sessionId }) => sessionId === chosenId);
  return {
    content: (chosen === undefined ? currentLines(all.current, project) : pastLines(chosen)).join("\n"),
    components: [...actions(chosen ?? all.current), ...menu(all, chosen)],
  };
}

function currentLines(session: ChannelSession | undefined, project: Project): string[] {
  if (session === undefined) return ["There is no session here yet: the next message starts one."];
  return [
    headline(session),
    "To go on with it in a terminal on the bot's host, while nobody talks to it here:",
    `\`\`\`sh\ncd ${project.projectDir}\nclaude --resume ${session.sessionId}\n\`\`\``,
  ];
}

function pastLines(session: ChannelSession): string[] {
  const { firstPrompt, ended } = session;
  return [
    headline(session),
    ...(firstPrompt === undefined ? [] : [`It began with: ${cut(escaped(firstPrompt), 300)}`]),
    ...(ended === undefined
      ? []
      : [`Ended ${discordTime(ended.atMs, "R")}: ${cut(escaped(ended.reason), 200)}`]),
  ];
}

function headline({ sessionId, title, messageCount, costUsd, lastActiveMs }: ChannelSession): string {
  const name = title === undefined ? "" : `**${escaped(title)}** · `;
  const facts = [messages(messageCount), dollars(costUsd), `last active ${discordTime(lastActiveMs, "R")}`];
  return `${name}Session \`${sessionId}\`, ${facts.filter((fact) => fact !== undefined).join(" · ")}`;
}

function actions(session: ChannelSession | undefined): NonNullable<OutgoingMessage["components"]> {
  if (session === undefined) return [];
  const { sessionId, ended } = session;
  const of = (part: keyof typeof SESSION_PARTS) => `${SESSION_PARTS[part]}:${sessionId}`;
  return [
    row(
      ...(ended === undefined ? [] : [button(of("resume"), "Resume", { color: "blue" })]),
      button(of("fork"), "Fork into a thread"),
      button(of("rename"), "Rename…"),
      button(of("export"), "Export"),
    ),
  ];
}

const CURRENT = "current";

/** The sessions before this one; with one of them on show, also the way back. */
function menu(
  { current, past }: ChannelSessions,
  chosen: ChannelSession | undefined,
): NonNullable<OutgoingMessage["components"]> {
  if (past.length === 0) return [];
  const back = {
    label: "The current session",
    value: CURRENT,
    description: current?.sessionId ?? "none yet",
  };
  const options = past.map((session) => ({
    label: cut(oneLine(session.title ?? (session.firstPrompt || session.sessionId)), 100),
    value: session.sessionId,
    description: cut(
      [day(session.lastActiveMs), messages(session.messageCount), session.ended?.reason ?? ""].join(" · "),
      100,
    ),
    default: session.sessionId === chosen?.sessionId,
  }));
  const select: APIStringSelectComponent = {
    type: ComponentType.StringSelect,
    custom_id: SESSION_PARTS.pick,
    placeholder: "Earlier sessions of this channel",
    options: chosen === undefined ? options : [back, ...options.slice(0, MOST_OPTIONS - 1)],
  };
  return [row(select)];
}

/** Discord's limit for a menu. */
const MOST_OPTIONS = 25;

function messages(count: number): string {
  return `${count} ${count === 1 ? "message" : "messages"}`;
}

/** Menus know no markers for the reader's own clock. */
function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
