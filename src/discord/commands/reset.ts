import type { AgentPool } from "../../core/agents/agent-pool.ts";
import { conversationOf, projectOf } from "../../core/messages/inbound.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { Session, SessionStore } from "../../core/turns/ledger.ts";
import { button, row } from "../channel/components.ts";
import {
  type HandlerContext,
  type InteractionHandler,
  interactionHandler,
  type Subject,
} from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import { tellChange } from "../interactions/tell-change.ts";
import { discordTime, dollars } from "../reply/amounts.ts";
import { announce } from "./announce.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { NO_PROJECT } from "./conversation-subject.ts";

const CONFIRM_MS = 60_000;

export interface ResetDeps
  extends Pick<
    CommandsDeps,
    "projects" | "placed" | "guildOf" | "conversation" | "post" | "events" | "confirmMs"
  > {
  readonly sessions: Pick<SessionStore, "current" | "reset">;
  readonly agents: Pick<AgentPool, "end">;
}

interface ResetSubject extends Subject {
  readonly project: Project;
  readonly conversationId: Snowflake;
  /** Undefined when there is none: what there is is told only to those who may ask. */
  readonly session: Session | undefined;
}

interface ResetChoice extends ResetSubject {
  readonly confirmed: boolean;
}

/** `/reset [channel]` and its two buttons, `reset:yes:<channel>:<session>` and `reset:no:…`. */
export function resetHandlers(deps: ResetDeps): {
  command: InteractionHandler;
  button: InteractionHandler;
} {
  const waiting = new Map<string, NodeJS.Timeout>();

  const target = (
    interaction: IncomingInteraction,
    channelId: Snowflake,
    parentId: Snowflake | undefined,
  ) => {
    const own = deps.sessions.current(channelId);
    const named = deps.projects().find(({ name }) => name === own?.projectName);
    const project = projectOf(channelId, parentId, deps.projects()) ?? named;
    if (project === undefined) return NO_PROJECT;
    if (deps.guildOf(project.channelId) !== interaction.guildId) return NO_PROJECT;
    const conversationId = conversationOf(channelId, project, () => own !== undefined);
    const session = own ?? deps.sessions.current(conversationId);
    const placed = deps.placed(project, conversationId);
    return { guildId: interaction.guildId, projects: [project], project: placed, conversationId, session };
  };

  const confirm = async ({ subject, answer }: HandlerContext<ResetSubject>) => {
    const { project, session, conversationId } = subject;
    if (session === undefined) {
      return answer.whisper({
        content: `There is no session in <#${conversationId}>: the next message starts one.`,
      });
    }
    const text = [
      `**Reset the session of <#${session.conversationId}>?** (project ${project.name})`,
      `Claude forgets ${count(session.messageCount)}${worth(session)}, last active ${discordTime(session.lastActiveMs, "R")}.`,
      resumable(session.sessionId, project),
    ].join("\n");
    const id = `${session.conversationId}:${session.sessionId}`;
    const buttons = row(
      button(`reset:yes:${id}`, "Yes, reset", { color: "red" }),
      button(`reset:no:${id}`, "Cancel"),
    );
    clearTimeout(waiting.get(id));
    const timer = setTimeout(() => {
      waiting.delete(id);
      // The person may have put the message away: then there is nothing to change.
      answer
        .update({ content: `${text}\n-# Not reset: nobody confirmed it within a minute.` })
        .catch(() => {});
    }, deps.confirmMs ?? CONFIRM_MS);
    // A question that nobody answers must not hold the daemon's end.
    timer.unref();
    waiting.set(id, timer);
    // Asked last: a quick press may come before Discord has answered us.
    await answer.reply({ content: text, components: [buttons] });
  };

  const reset = async ({
    subject: { project, session, conversationId, confirmed },
    interaction,
    answer,
  }: HandlerContext<ResetChoice>) => {
    if (session === undefined) return answer.update({ content: OVER });
    const { sessionId } = session;
    const id = `${conversationId}:${sessionId}`;
    const timer = waiting.get(id);
    if (timer === undefined) return answer.update({ content: OVER });
    clearTimeout(timer);
    waiting.delete(id);
    if (!confirmed) return answer.update({ content: "Nothing was reset." });
    deps.conversation(conversationId).interrupt();
    deps.sessions.reset(conversationId, `reset in Discord by ${interaction.actorName}`);
    const where = { projectName: project.name, conversationId };
    tellChange(interaction, where, { kind: "session_reset", sessionId }, deps);
    const what = `The session is reset; the next message starts a new one. ${count(session.messageCount)} forgotten.`;
    // At once: what is asked from now on has an agent of its own, which must not be ended in this one's place.
    const ended = deps.agents.end(conversationId);
    await Promise.all([ended, answer.update({ content: `${what}\n${resumable(sessionId, project)}` })]);
    const content = `-# 🔄 <@${interaction.actor.userId}> reset the session.`;
    await announce(conversationId, interaction.channelId, { content }, deps);
  };

  return {
    command: interactionHandler<ResetSubject>({
      action: "manage",
      subject: (interaction) => {
        const { input, channelId, parentChannelId } = interaction;
        const chosen = input.type === "command" ? input.options.channel : undefined;
        return typeof chosen === "string" && chosen !== channelId
          ? target(interaction, chosen, undefined)
          : target(interaction, channelId, parentChannelId);
      },
      run: confirm,
    }),
    button: interactionHandler<ResetChoice>({
      action: "manage",
      subject: (interaction) => {
        const { input } = interaction;
        const [, choice, channelId = "", sessionId] = "customId" in input ? input.customId.split(":") : [];
        const found = target(interaction, channelId, undefined);
        if (typeof found === "string") return found;
        // Another session than the one that was asked about stays as it is.
        const session = found.session?.sessionId === sessionId ? found.session : undefined;
        return { ...found, session, confirmed: choice === "yes" };
      },
      run: reset,
    }),
  };
}

const OVER = "That question is over. Run `/reset` again.";

function count(messages: number): string {
  return `${messages} ${messages === 1 ? "message" : "messages"}`;
}

function worth({ costUsd }: Session): string {
  const cost = dollars(costUsd);
  return cost === undefined ? "" : ` (${cost})`;
}

function resumable(sessionId: string, project: Project): string {
  return `\`/session\` takes it up again; so does a terminal: \`cd ${project.projectDir} && claude --resume ${sessionId}\``;
}
