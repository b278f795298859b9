import type { AgentPool } from "../../core/agents/agent-pool.ts";
import type { Project } from "../../core/projects/project.ts";
import type { Ledger, Session, SessionStore } from "../../core/turns/ledger.ts";
import { button, row } from "../channel/components.ts";
import {
  type HandlerContext,
  type InteractionHandler,
  interactionHandler,
  type Subject,
} from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import { discordTime, dollars } from "../reply/amounts.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import { HOLDS } from "../reply/waiting-text.ts";
import type { CommandsDeps } from "./commands-deps.ts";

export interface StatusDeps extends Pick<CommandsDeps, "projects" | "guildOf" | "context" | "health"> {
  readonly ledger: Pick<Ledger, "open">;
  readonly sessions: Pick<SessionStore, "list">;
  readonly agents: Pick<AgentPool, "counts">;
}

const PAGE = 8;

/** `/status`, and its buttons `status:<page>`: the conversations of the projects in which the person may talk. */
export function statusHandler(deps: StatusDeps): InteractionHandler {
  return interactionHandler<Subject>({
    action: "talk",
    subject: ({ guildId }) => {
      const projects = deps.projects().filter(({ channelId }) => deps.guildOf(channelId) === guildId);
      return projects.length === 0 ? "No project belongs to this guild." : { guildId, projects };
    },
    run: async ({ interaction, projects, answer }: HandlerContext<Subject>) => {
      const named = new Map(projects.map((project) => [project.name, project]));
      const sessions = deps.sessions.list().filter(({ projectName }) => named.has(projectName));
      const pages = Math.max(1, Math.ceil(sessions.length / PAGE));
      const page = Math.min(pageOf(interaction), pages - 1);
      const shown = sessions.slice(page * PAGE, (page + 1) * PAGE);
      const title = `**${sessions.length} ${sessions.length === 1 ? "session" : "sessions"}**`;
      const content = [
        pages === 1 ? title : `${title}, page ${page + 1} of ${pages}`,
        ...shown.map((session) => line(session, named.get(session.projectName), deps)),
        ...idle(projects, sessions),
        `-# ${health(deps)}`,
      ].join("\n");
      const buttons = row(
        button(`status:${page - 1}`, "Back", { disabled: page === 0 }),
        button(`status:${page + 1}`, "On", { disabled: page === pages - 1 }),
      );
      const message = { content, components: pages === 1 ? [] : [buttons] };
      if (interaction.input.type === "button") await answer.update(message);
      else await answer.reply(message);
    },
  });
}

function pageOf({ input }: IncomingInteraction): number {
  const page = input.type === "button" ? Number(input.customId.split(":")[1]) : 0;
  return Number.isSafeInteger(page) && page > 0 ? page : 0;
}

function line(session: Session, project: Project | undefined, deps: StatusDeps): string {
  const { conversationId, messageCount, lastActiveMs, costUsd, projectName } = session;
  const open = deps.ledger.open(conversationId);
  const running = open.some(({ state }) => state === "running");
  const waiting = open.filter(({ state }) => state === "accepted" || state === "queued").length;
  const held = open.find(({ heldBy }) => heldBy !== undefined)?.heldBy;
  const context = deps.context(conversationId);
  const parts = [
    `<#${conversationId}>`,
    cut(escaped(projectName), 40),
    cut(escaped(project?.model ?? "default model"), 40),
    `${messageCount} ${messageCount === 1 ? "message" : "messages"}`,
    discordTime(lastActiveMs, "R"),
    dollars(costUsd),
    context && `context ${Math.round((100 * context.tokens) / context.window)} %`,
    running ? "**running**" : undefined,
    waiting > 0 ? `${waiting} waiting${held === undefined ? "" : ` for ${HOLDS[held]}`}` : undefined,
  ];
  return `- ${parts.filter((part) => part !== undefined).join(" · ")}`;
}

/** Projects in which nobody has spoken yet are there all the same. */
function idle(projects: readonly Project[], sessions: readonly Session[]): string[] {
  const quiet = projects.filter(({ name }) => !sessions.some(({ projectName }) => projectName === name));
  if (quiet.length === 0) return [];
  const shown = quiet.slice(0, 10).map(({ channelId }) => `<#${channelId}>`);
  return [`No session yet: ${shown.join(", ")}${quiet.length > 10 ? ` and ${quiet.length - 10} more` : ""}`];
}

function health({ agents, health: daemon }: StatusDeps): string {
  const { busy, idle: warm, waiting } = agents.counts();
  return `${daemon()} · agents: ${busy} busy, ${warm} warm${waiting === 0 ? "" : `, ${waiting} waiting for one`}`;
}
