import { type AccessPolicy, decideAccess } from "../../core/access/access.ts";
import type { SessionGrants } from "../../core/access/grants.ts";
import type { AgentPool } from "../../core/agents/agent-pool.ts";
import { agentSpec } from "../../core/agents/agent-spec.ts";
import { conversationOf, type IncomingTyping, projectOf } from "../../core/messages/inbound.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { Session, SessionStore } from "../../core/turns/ledger.ts";

export interface WarmUpDeps {
  readonly isOn: () => boolean;
  readonly projects: () => readonly Project[];
  readonly policy: () => AccessPolicy;
  readonly guildOf: (channelId: Snowflake) => Snowflake | undefined;
  readonly sessions: SessionStore;
  readonly agents: AgentPool;
  /** The project as a session works in it; undefined while its folder has to be made first. */
  readonly ready: (project: Project, session: Session) => Project | undefined;
  readonly grants: (sessionId: string) => SessionGrants;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Starts a conversation's agent while a person who may use it still types, so that its start is not waited for. */
export function createWarmUp(deps: WarmUpDeps): (typing: IncomingTyping) => void {
  return ({ channelId, parentChannelId, author }) => {
    if (!deps.isOn()) return;
    const project = projectOf(channelId, parentChannelId, deps.projects());
    if (project === undefined) return;
    const target = { guildId: deps.guildOf(project.channelId), project };
    const access = decideAccess(author, "talk", target, deps.policy(), deps.now());
    if (!access.allowed) return;
    const hasSession = (id: Snowflake) => deps.sessions.current(id) !== undefined;
    const conversationId = conversationOf(channelId, project, hasSession);
    const session = deps.sessions.currentOrNew(conversationId, project.name, deps.newId());
    const placed = deps.ready(project, session);
    if (placed === undefined) return;
    deps.agents.warm(conversationId, agentSpec(session, placed, deps.grants(session.sessionId), false));
  };
}
