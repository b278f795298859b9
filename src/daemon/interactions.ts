import { randomUUID } from "node:crypto";
import { commandHandlers } from "../discord/commands/commands.ts";
import type { Gateway } from "../discord/gateway.ts";
import type { IncomingInteraction } from "../discord/interactions/incoming-interaction.ts";
import { createInteractions } from "../discord/interactions/interactions.ts";
import { turnDecisions } from "../discord/interactions/turn-decisions.ts";
import { discordTime } from "../discord/reply/amounts.ts";
import { accessPolicy } from "./access-policy.ts";
import type { OpenAdditions } from "./additions.ts";
import type { Agents } from "./agents.ts";
import type { ConfigEdits } from "./config-edits.ts";
import type { DaemonContext } from "./context.ts";
import { createPost } from "./post.ts";
import type { Talk } from "./talk.ts";

/** What is done with commands, buttons, menus and forms. */
export function openInteractions(
  { config, stores, report, events, projectNamed, log }: DaemonContext,
  gateway: Gateway,
  { pool, models }: Agents,
  { conversations, prompts }: Talk,
  {
    additions,
    edits,
    version,
  }: { readonly additions: OpenAdditions; readonly edits: ConfigEdits; readonly version: string },
): (interaction: IncomingInteraction) => void {
  const { ledger, sessions, facts } = stores;
  const startedAtMs = Date.now();
  const commands = commandHandlers({
    projects: () => config().projects,
    guildOf: gateway.guildOf,
    conversation: conversations.of,
    ledger,
    sessions,
    agents: pool,
    pastSessions: facts.pastSessions,
    context: facts.context,
    models,
    setModel: edits.setModel,
    removeProject: edits.removeProject,
    additionRuns: additions.runs,
    freeFolders: additions.freeFolders,
    post: createPost(gateway),
    health: () => `up since ${discordTime(startedAtMs, "R")} · Claude Code ${version}`,
    newId: randomUUID,
  });
  const decisions = turnDecisions({
    ledger,
    project: projectNamed,
    wake: (conversationId) => conversations.of(conversationId).wake(),
    tell: (turn) => conversations.of(turn.conversationId).tell(turn),
  });
  const interactions = createInteractions({
    handlers: {
      ...commands,
      components: {
        ...commands.components,
        ...decisions,
        ask: prompts.handler,
        add: additions.runs.cancel,
        setup: additions.setUpChannel.handler,
      },
    },
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
