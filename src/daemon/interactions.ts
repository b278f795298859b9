import { randomUUID } from "node:crypto";
import { agentSpec } from "../core/agents/agent-spec.ts";
import { sessionMarkdown } from "../core/history/session-markdown.ts";
import type { Project } from "../core/projects/project.ts";
import type { Worktrees } from "../core/projects/worktree.ts";
import type { Session } from "../core/turns/ledger.ts";
import { openThread } from "../discord/channel/open-thread.ts";
import { allHandlers } from "../discord/commands/all-handlers.ts";
import type { CommandsDeps } from "../discord/commands/commands-deps.ts";
import type { Gateway } from "../discord/gateway/gateway.ts";
import type { InteractionHandler } from "../discord/interactions/handler.ts";
import type { IncomingInteraction } from "../discord/interactions/incoming-interaction.ts";
import { createInteractions } from "../discord/interactions/interactions.ts";
import type { TurnDecisionsDeps } from "../discord/interactions/turn-decisions.ts";
import { discordTime } from "../discord/reply/amounts.ts";
import { usageChart } from "../discord/usage/usage-chart.ts";
import type { Agents } from "./agents/agents.ts";
import type { DaemonContext } from "./context.ts";
import { accessPolicy } from "./messages/access-policy.ts";
import { packageVersion } from "./package-version.ts";
import type { OpenAdditions } from "./projects/additions.ts";
import type { ConfigEdits } from "./projects/config-edits.ts";
import { createPost } from "./turns/post.ts";
import type { Talk } from "./turns/talk.ts";

/** Sweden writes dates as ISO 8601 does. */
const TIME = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

/** An agent may have to be started for it. */
const CONTEXT_TIMEOUT_MS = 20_000;

/** What is done with commands, buttons, menus and forms. */
export function openInteractions(
  { config, stores, report, redactor, events, floods, budgets, projectNamed, log }: DaemonContext,
  gateway: Gateway,
  { pool, models }: Agents,
  { conversations, prompts }: Talk,
  {
    additions,
    edits,
    version,
    worktrees,
    deletedThreads,
  }: {
    readonly additions: OpenAdditions;
    readonly edits: ConfigEdits;
    readonly version: string;
    readonly worktrees: Worktrees;
    readonly deletedThreads: { readonly buttons: InteractionHandler };
  },
): (interaction: IncomingInteraction) => void {
  const { ledger, sessions, facts, grants, history, usage } = stores;
  const startedAtMs = Date.now();
  const specOf = (session: Session, project: Project) =>
    agentSpec(
      session,
      worktrees.placed(project, session.conversationId),
      grants.of(session.sessionId),
      false,
    );
  const commands: CommandsDeps = {
    projects: () => config().projects,
    placed: worktrees.placed,
    guildOf: gateway.guildOf,
    conversation: conversations.of,
    ledger,
    sessions,
    agents: pool,
    restrict: pool.restrict,
    grants: stores.grants,
    pastSessions: facts.pastSessions,
    context: facts.context,
    exportSession: (sessionId) => {
      const session = history.find(sessionId).find((each) => each.sessionId === sessionId);
      return session && redactor.mask(sessionMarkdown(session, history.turnsOf(session), TIME.format)).text;
    },
    warm: (session, project) => pool.warm(session.conversationId, specOf(session, project)),
    describeContext: (session, project) =>
      pool.context(session.conversationId, specOf(session, project), CONTEXT_TIMEOUT_MS),
    usage,
    usageChart: (overview) =>
      usageChart(overview).catch((error: unknown) => {
        log.warn("no picture can be drawn on this machine", { error });
        return undefined;
      }),
    floods,
    openThread: (thread, onOpened) => openThread(gateway.rest, thread, onOpened),
    models,
    setModel: edits.setModel,
    setPermissionMode: edits.setPermissionMode,
    removeProject: edits.removeProject,
    worktreesOf: (name) =>
      stores.worktrees.all().filter(({ projectName, isMade }) => isMade && projectName === name),
    additionRuns: additions.runs,
    freeFolders: additions.freeFolders,
    post: createPost(gateway),
    health: () => {
      const latencyMs = gateway.latencyMs();
      const discord = latencyMs === undefined ? "" : ` · gateway ${Math.round(latencyMs)} ms`;
      return `claude-coord ${packageVersion()} · up since ${discordTime(startedAtMs, "R")} · Claude Code ${version}${discord}`;
    },
    events,
    newId: randomUUID,
  };
  const decisions: TurnDecisionsDeps = {
    ledger,
    releaseBudget: budgets.release,
    floods,
    events,
    project: projectNamed,
    wake: (conversationId) => conversations.of(conversationId).wake(),
    tell: (turn) => conversations.of(turn.conversationId).tell(turn),
  };
  const interactions = createInteractions({
    handlers: allHandlers(commands, decisions, {
      ask: prompts.handler,
      add: additions.runs.cancel,
      setup: additions.setUpChannel.handler,
      worktree: deletedThreads.buttons,
    }),
    rest: gateway.rest,
    projects: () => config().projects,
    policy: () => accessPolicy(config(), gateway.guildOf),
    guildOf: gateway.guildOf,
    now: Date.now,
    report: report.failure,
    events,
    log,
  });
  return (interaction) => void interactions(interaction);
}
