import type { GrantStore } from "../../core/access/grants.ts";
import type { AgentModel, ContextUsage } from "../../core/agents/agent.ts";
import type { AgentPool } from "../../core/agents/agent-pool.ts";
import type { Events } from "../../core/operations/events.ts";
import type { PermissionMode, Project, Snowflake } from "../../core/projects/project.ts";
import type { Worktree } from "../../core/projects/worktree.ts";
import type { Conversation } from "../../core/turns/conversation.ts";
import type { Ledger, PastSession, Session, SessionStore } from "../../core/turns/ledger.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import type { NewThread } from "../channel/open-thread.ts";
import type { TooMuchDeps } from "../interactions/too-much.ts";
import type { UsageDeps } from "../usage/usage-deps.ts";
import type { AdditionRuns } from "./addition-runs.ts";

/** What commands work on. */
export interface CommandsDeps extends UsageDeps, TooMuchDeps {
  readonly projects: () => readonly Project[];
  /** The project as a conversation has it: a thread's may be in a folder of its own. */
  readonly placed: (project: Project, conversationId: Snowflake) => Project;
  readonly guildOf: (channelId: Snowflake) => Snowflake | undefined;
  readonly conversation: (conversationId: Snowflake) => Pick<Conversation, "interrupt" | "cancel" | "wake">;
  readonly ledger: Pick<Ledger, "open" | "accept" | "turn" | "unfinishedConversations">;
  readonly sessions: Pick<SessionStore, "current" | "list" | "reset" | "resume" | "fork" | "rename">;
  readonly agents: Pick<AgentPool, "end" | "counts" | "isBusy" | "rename">;
  /** What fills a session's context, as its agent tells it; undefined when that can't be known now. */
  readonly describeContext: (session: Session, project: Project) => Promise<ContextUsage | undefined>;
  /** Starts the agent of a session ahead of its first message. */
  readonly warm: (session: Session, project: Project) => void;
  /** Opens a thread; `onOpened` hears of it before anybody else. */
  readonly openThread: (thread: NewThread, onOpened: (threadId: Snowflake) => void) => Promise<Snowflake>;
  /** What was asked and answered in a session, as Markdown; undefined when there is no such session. */
  readonly exportSession: (sessionId: string) => string | undefined;
  readonly restrict: AgentPool["restrict"];
  readonly grants: GrantStore;
  /** Sessions of a conversation that have ended, the latest first. */
  readonly pastSessions: (conversationId: Snowflake) => readonly PastSession[];
  /** Tokens in the window after the conversation's last answer, and the window's size. */
  readonly context: (conversationId: Snowflake) => { tokens: number; window: number } | undefined;
  /** What the CLI last offered; empty before an agent has run. */
  readonly models: () => readonly AgentModel[];
  /** Writes a project's model into the config; undefined leaves the choice to the CLI. */
  readonly setModel: (projectName: string, model: string | undefined) => Promise<void>;
  /** Writes a project's permission mode into the config; settles once it counts. */
  readonly setPermissionMode: (projectName: string, permissionMode: PermissionMode) => Promise<void>;
  /** Takes a project out of the config; settles once it counts. */
  readonly removeProject: (projectName: string) => Promise<void>;
  /** The working copies that threads of a project have. */
  readonly worktreesOf: (projectName: string) => readonly Worktree[];
  readonly additionRuns: AdditionRuns;
  /** Folders of `projects_root` in which no project is, by name. */
  readonly freeFolders: () => readonly string[];
  /** Says something in a channel of which the command was not given. */
  readonly post: (channelId: Snowflake, message: OutgoingMessage) => Promise<void>;
  /** One line on the daemon: its version, since when it runs. */
  readonly health: () => string;
  /** Hears what somebody has changed. */
  readonly events: Pick<Events, "emit">;
  readonly newId: () => string;
  /** How long `/reset` waits for its confirmation; only tests change it. */
  readonly confirmMs?: number;
}
