import type { SessionGrants } from "../access/grants.ts";
import type { Project } from "../projects/project.ts";
import type { Session } from "../turns/ledger.ts";
import type { AgentSpec } from "./agent.ts";

/** How a project's agent is started for a session. */
export function agentSpec(
  session: Session,
  project: Project,
  { rules, directories, acceptsEdits }: SessionGrants,
  continueInterrupted: boolean,
): AgentSpec {
  const asks = project.permissionMode === "default" || project.permissionMode === "plan";
  return {
    conversationId: session.conversationId,
    sessionId: session.sessionId,
    resume: session.started,
    forkOf: session.started ? undefined : session.forkOf,
    title: session.title,
    continueInterrupted,
    projectDir: project.projectDir,
    model: project.model,
    allowedTools: project.allowedTools,
    systemPrompt: project.systemPrompt,
    permissionMode: asks && acceptsEdits ? "acceptEdits" : project.permissionMode,
    granted: { rules, directories },
  };
}
