import type { Session } from "../../core/turns/ledger.ts";
import { form } from "../channel/components.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import { tellChange } from "../interactions/tell-change.ts";
import { tooMuch } from "../interactions/too-much.ts";
import { discordTime } from "../reply/amounts.ts";
import { announce } from "./announce.ts";
import { channelSessions, findChannelSession, type SessionSubject } from "./channel-sessions.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type ConversationSubject, conversationSubject } from "./conversation-subject.ts";
import { forkSession } from "./session-fork.ts";
import { SESSION_PARTS, sessionView } from "./session-view.ts";

/** `/session`: the channel's session, how to go on with it in a terminal, and those before it. */
export function sessionCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<ConversationSubject>({
    action: "talk",
    subject: (interaction) => conversationSubject(interaction, deps),
    run: async ({ subject, answer }) => answer.reply(view(subject, undefined, deps)),
  });
}

/** The menu and the buttons of `/session`. Each finds its session again: it may no longer be the channel's. */
export function sessionParts(deps: CommandsDeps): Readonly<Record<string, InteractionHandler>> {
  const subject = (interaction: IncomingInteraction) => sessionSubject(interaction, deps);
  return {
    [SESSION_PARTS.pick]: interactionHandler<ConversationSubject>({
      action: "talk",
      subject: (interaction) => conversationSubject(interaction, deps),
      run: async ({ subject, interaction: { input }, answer }) =>
        answer.update(view(subject, input.type === "select" ? input.values[0] : undefined, deps)),
    }),

    [SESSION_PARTS.resume]: interactionHandler<SessionSubject>({
      action: "manage",
      subject,
      run: async ({ subject, interaction, answer }) => {
        const { conversationId, channelId, session, project } = subject;
        if (isBusy(conversationId, deps)) return answer.whisper({ content: BUSY });
        const reason = `another was resumed in Discord by ${interaction.actorName}`;
        const resumed = deps.sessions.resume(conversationId, session.sessionId, reason);
        if (resumed === undefined) return answer.whisper({ content: GONE });
        const where = { projectName: project.name, conversationId };
        tellChange(interaction, where, { kind: "session_resumed", sessionId: session.sessionId }, deps);
        // At once: what is asked from now on has an agent of its own, which must not be ended in this one's place.
        const ended = deps.agents.end(conversationId);
        await Promise.all([ended, answer.update(view(subject, undefined, deps))]);
        const content = resumedText(interaction.actor.userId, resumed);
        await announce(conversationId, channelId, { content }, deps);
      },
    }),

    [SESSION_PARTS.fork]: interactionHandler<SessionSubject>({
      action: "talk",
      subject,
      run: async ({ subject, interaction, answer }) => {
        const { conversationId, session } = subject;
        const isCurrent = session.ended === undefined;
        if (isCurrent && isBusy(conversationId, deps)) return answer.whisper({ content: BUSY });
        if (session.messageCount === 0) return answer.whisper({ content: EMPTY });
        const project = deps.projects().find(({ name }) => name === subject.project.name);
        if (project?.projectDir !== subject.project.projectDir) return answer.whisper({ content: BOUND });
        // An agent is started for each, though nothing is asked yet.
        const refusal = tooMuch(interaction, { projectName: subject.project.name, conversationId }, deps);
        if (refusal !== undefined) return answer.whisper({ content: refusal });
        const threadId = await forkSession(subject, interaction.actor.userId, deps);
        const content = `<#${threadId}> goes on from here with a copy of this session; this one stays as it is.`;
        await answer.whisper({ content });
      },
    }),

    [SESSION_PARTS.rename]: interactionHandler<SessionSubject>({
      action: "talk",
      subject,
      run: async ({ subject: { session }, answer }) =>
        answer.form(
          form(`${SESSION_PARTS.named}:${session.sessionId}`, "Name this session", [
            {
              id: "text",
              label: "Name (empty: none)",
              maxLength: MOST_TITLE,
              value: session.title ?? "",
              isOptional: true,
            },
          ]),
        ),
    }),

    [SESSION_PARTS.named]: interactionHandler<SessionSubject>({
      action: "talk",
      subject,
      run: async ({ subject, interaction: { input }, answer }) => {
        const { conversationId, session } = subject;
        const typed = input.type === "modal" ? (input.fields.text ?? "") : "";
        const title = typed.replace(/\s+/g, " ").trim().slice(0, MOST_TITLE) || undefined;
        if (!deps.sessions.rename(session.sessionId, title)) return answer.whisper({ content: GONE });
        if (title !== undefined) deps.agents.rename(conversationId, session.sessionId, title);
        await answer.update(view(subject, session.sessionId, deps));
      },
    }),

    [SESSION_PARTS.export]: interactionHandler<SessionSubject>({
      action: "talk",
      subject,
      run: async ({ subject: { session, project }, answer }) => {
        if (session.messageCount === 0) return answer.whisper({ content: EMPTY });
        const markdown = deps.exportSession(session.sessionId);
        if (markdown === undefined) return answer.whisper({ content: GONE });
        const data = Buffer.from(markdown);
        if (data.length > MOST_BYTES) {
          const command = `claude-coord sessions export ${session.sessionId}`;
          return answer.whisper({
            content: `It is too large for Discord. On the bot's host: \`${command}\``,
          });
        }
        const name = `${project.name.replace(/[^\w.-]+/g, "-")}-${session.sessionId.slice(0, 8)}.md`;
        await answer.whisper({ content: "What was asked and answered in it:", files: [{ name, data }] });
      },
    }),
  };
}

const MOST_TITLE = 80;
/** Discord takes 10 MiB from a bot; a request has some more around it. */
const MOST_BYTES = 10_000_000;
const GONE = "This channel no longer has that session. Run `/session` again.";
const EMPTY = "Nothing has been answered in this session yet.";
const BOUND =
  "This session works in this thread's own working copy, and a copy of it could not work anywhere else. Open another " +
  "thread, or fork the channel's session.";
const BUSY = "Claude is at work here. Wait for its answer, or stop it with `/stop`, and press again.";

function view(here: ConversationSubject, chosenId: string | undefined, deps: CommandsDeps): OutgoingMessage {
  return sessionView(channelSessions(here.conversationId, deps), chosenId, here.project);
}

function sessionSubject(interaction: IncomingInteraction, deps: CommandsDeps): SessionSubject | string {
  const here = conversationSubject(interaction, deps);
  if (typeof here === "string") return here;
  const { input } = interaction;
  const sessionId = "customId" in input ? (input.customId.split(":")[1] ?? "") : "";
  const session = findChannelSession(channelSessions(here.conversationId, deps), sessionId);
  return session === undefined ? GONE : { ...here, session };
}

function isBusy(conversationId: string, { ledger, agents }: CommandsDeps): boolean {
  return (
    agents.isBusy(conversationId) || ledger.open(conversationId).some(({ state }) => state === "running")
  );
}

function resumedText(userId: string, { messageCount, lastActiveMs, title }: Session): string {
  const name = title === undefined ? "an earlier session" : `the session “${title}”`;
  const size = `${messageCount} ${messageCount === 1 ? "message" : "messages"}`;
  return `-# ↩️ <@${userId}> took up ${name} again: ${size}, last active ${discordTime(lastActiveMs, "R")}.`;
}
