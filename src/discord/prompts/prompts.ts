import { setTimeout as delay } from "node:timers/promises";
import type { GrantStore, SessionGrants } from "../../core/access/grants.ts";
import type { Events } from "../../core/operations/events.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import { maskedValue } from "../../core/secrets/masked-value.ts";
import type { Redactor } from "../../core/secrets/redactor.ts";
import type {
  PermissionRequest,
  Prompt,
  PromptState,
  PromptStore,
  Questions,
} from "../../core/turns/prompts.ts";
import { Undeliverable } from "../../core/turns/reply.ts";
import type { ChannelApi } from "../channel/channel-api.ts";
import type { InteractionAnswer } from "../interactions/answer.ts";
import { type InteractionHandler, interactionHandler, type Subject } from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import { discordTime } from "../reply/amounts.ts";
import { approvalView } from "./approval.ts";
import { askedMessage, ENDS, type OpenPrompt, settledMessage } from "./open-prompt.ts";
import { planView } from "./plan-view.ts";
import { type PromptStep, type PromptView, parsePartId } from "./prompt-view.ts";
import { questionView } from "./question-view.ts";
import { questionsOf } from "./questions.ts";

export interface PromptsDeps {
  readonly channel: (channelId: Snowflake) => ChannelApi;
  readonly store: PromptStore;
  readonly grants: GrantStore;
  /** The conversation's session at this moment. */
  readonly sessionId: (conversationId: Snowflake) => string | undefined;
  readonly project: (projectName: string) => Project | undefined;
  /** Without an answer for so long, a request is denied. */
  /** Keeps what looks secret from what is shown; secrets of ours don't come here. */
  readonly redactor: Redactor;
  readonly timeoutMs: () => number;
  readonly newId: () => string;
  readonly now: () => number;
  readonly events: Pick<Events, "emit">;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

export interface Prompts extends Questions {
  /** Answers what people do with prompts: everything whose custom_id begins with `ask:`. */
  readonly handler: InteractionHandler;
  /** Takes the buttons from prompts that an earlier process left open: those that were there before this one asked any. */
  closeLost(lost: readonly Prompt[]): Promise<void>;
  /** Settles when what has been decided stands in the channels, or after `timeoutMs`. */
  idle(timeoutMs: number): Promise<void>;
}

/** Puts Claude's requests before people, as messages with buttons. The first answer counts. */
export function createPrompts(deps: PromptsDeps): Prompts {
  const { store } = deps;
  const open = new Map<string, OpenPrompt>();
  const edits = new Set<Promise<void>>();

  const background = (work: Promise<void>, about: object) => {
    const settled = work
      .catch((error: unknown) => deps.log.warn("a question could not be updated", { ...about, error }))
      .finally(() => edits.delete(settled));
    edits.add(settled);
  };

  /** The question stands without its record: that only helps a later process to close what this one left open. */
  const kept = (write: () => unknown) => {
    try {
      write();
    } catch (error) {
      deps.log.warn("a question could not be written down", { error });
    }
  };

  /** Tries until it stands there or is over: Discord may be away for a while. */
  const post = async (prompt: OpenPrompt): Promise<string | undefined> => {
    const { id, channel, turn, view, request } = prompt;
    const replyTo = turn.messageId === undefined ? {} : { replyTo: turn.messageId };
    for (let waitMs = 1_000; open.has(id); waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        for (const [position, message] of view.before.entries()) {
          await channel.create(message, { nonce: `${id}-${position}`, ...replyTo });
        }
        const messageId = await channel.create(askedMessage(prompt), { nonce: id, ...replyTo });
        kept(() => store.posted(id, messageId));
        return messageId;
      } catch (error) {
        deps.log.warn("a question could not be posted", { turn_id: turn.id, tool: request.toolName, error });
        if (!(error instanceof Undeliverable)) {
          await delay(waitMs, undefined, { signal: prompt.over.signal }).catch(() => {});
          continue;
        }
        if (settle(prompt, "withdrawn")) prompt.answer({ behavior: "deny", message: UNASKABLE });
      }
    }
    return undefined;
  };

  /** False when somebody was faster. */
  const settle = (
    prompt: OpenPrompt,
    state: Exclude<PromptState, "open">,
    decidedBy?: Snowflake,
    granted?: SessionGrants,
  ): boolean => {
    if (!open.delete(prompt.id)) return false;
    clearTimeout(prompt.timer);
    prompt.over.abort();
    kept(() => store.decide(prompt.id, state, decidedBy));
    const { turn, request } = prompt;
    const who = decidedBy === undefined ? {} : { user_id: decidedBy };
    const { toolName, input } = request;
    deps.events.emit({ type: "prompt_decided", turn, toolName, input, state, decidedBy, granted });
    deps.log.info("a question is decided", { turn_id: turn.id, tool: request.toolName, state, ...who });
    return true;
  };

  const end = (prompt: OpenPrompt, state: keyof typeof ENDS) => {
    if (!settle(prompt, state)) return;
    const edit = async () => {
      const messageId = await prompt.posted;
      if (messageId === undefined) return;
      const verdict = `**${ENDS[state]}** ${discordTime(deps.now(), "t")}.`;
      await prompt.channel.edit(messageId, settledMessage(prompt.view.text, verdict));
    };
    background(edit(), { turn_id: prompt.turn.id });
  };

  const decide = async (
    prompt: OpenPrompt,
    step: Extract<PromptStep, { type: "decide" }>,
    { actor }: IncomingInteraction,
    answer: InteractionAnswer,
  ) => {
    if (!settle(prompt, step.state, actor.userId, step.grant))
      return answer.whisper({ content: decidedText(prompt.id) });
    const sessionId = deps.sessionId(prompt.turn.conversationId);
    const { grant } = step;
    if (grant !== undefined && sessionId !== undefined) kept(() => deps.grants.add(sessionId, grant));
    prompt.answer(step.answer);
    const verdict = `**${step.verdict}** by <@${actor.userId}>, ${discordTime(deps.now(), "f")}.`;
    await answer.update(settledMessage(step.text ?? prompt.view.text, verdict));
  };

  const decidedText = (id: string): string => {
    const known = store.find(id);
    if (known?.decidedBy !== undefined) return `<@${known.decidedBy}> has answered this already.`;
    const state = known?.state ?? "lost";
    return `${state === "timed_out" || state === "withdrawn" ? ENDS[state] : ENDS.lost}.`;
  };

  const closeOne = async ({ id, turnId, conversationId, messageId, text, openedAtMs }: Prompt) => {
    const channel = deps.channel(conversationId);
    const over = settledMessage(text, `**${ENDS.lost}.**`);
    if (messageId !== undefined) {
      await channel.edit(messageId, over);
    } else if (turnId === "" || deps.now() - openedAtMs < NONCE_KNOWN_MS) {
      // The process died between sending and noting it: the same nonce gives the message that stands there. Of what
      // belongs to no turn nobody would hear again, so that it is told even when nothing stands there.
      const standing = await channel.create(over, { nonce: id });
      kept(() => store.posted(id, standing));
      await channel.edit(standing, over);
    }
  };

  const handler = interactionHandler<Asked>({
    action: "approve",
    subject: ({ input }) => {
      const parsed = "customId" in input ? parsePartId(input.customId) : undefined;
      if (parsed === undefined) return `${ENDS.lost}.`;
      const prompt = open.get(parsed.promptId);
      if (prompt === undefined) return decidedText(parsed.promptId);
      const project = deps.project(prompt.turn.projectName);
      if (project === undefined) return "This project is no longer configured.";
      return { guildId: prompt.turn.guildId, projects: [project], prompt, part: parsed.part };
    },
    run: async ({ interaction, subject, answer }) => {
      const { prompt, part } = subject;
      const { input } = interaction;
      const values = input.type === "select" ? input.values : [];
      const fields = input.type === "modal" ? input.fields : {};
      // While a form was filled in, or between two presses, somebody else may have decided.
      if (!open.has(prompt.id)) return answer.whisper({ content: decidedText(prompt.id) });
      const step = prompt.view.act(part, { values, fields });
      if (step.type === "decide") return decide(prompt, step, interaction, answer);
      if (step.type === "form") return answer.form(step.form);
      if (step.type === "changed") {
        const { files: _, ...message } = askedMessage(prompt);
        await answer.update({ ...message, keepsFiles: true });
      }
    },
  });

  return {
    handler,
    open: (request, turn, answer) => {
      const id = deps.newId();
      const view = viewOf(id, request, deps.redactor);
      const channel = deps.channel(turn.channelId);
      const timeoutMs = deps.timeoutMs();
      const prompt: OpenPrompt = {
        id,
        turn,
        request,
        view,
        channel,
        answer,
        untilMs: deps.now() + timeoutMs,
        posted: Promise.resolve(undefined),
        timer: undefined,
        over: new AbortController(),
      };
      // Where it stands: that is what a later process needs to know of it.
      const conversationId = turn.channelId;
      const { toolName } = request;
      kept(() => store.opened({ id, turnId: turn.id, conversationId, toolName, text: view.text }));
      open.set(id, prompt);
      deps.events.emit({ type: "prompt_opened", turn, toolName: request.toolName, text: view.text });
      prompt.timer = setTimeout(() => {
        if (!open.has(id)) return;
        end(prompt, "timed_out");
        answer({ behavior: "deny", message: TIMED_OUT });
      }, timeoutMs);
      prompt.posted = post(prompt);
    },
    withdraw: (requestId) => {
      for (const prompt of [...open.values()]) {
        if (prompt.request.requestId === requestId) end(prompt, "withdrawn");
      }
    },
    closeTurn: (turnId) => {
      for (const prompt of [...open.values()]) if (prompt.turn.id === turnId) end(prompt, "withdrawn");
    },
    closeLost: async (lost) => {
      for (const prompt of lost) {
        kept(() => {
          if (!store.decide(prompt.id, "lost")) return;
          background(closeOne(prompt), { conversation: prompt.conversationId });
        });
      }
      await Promise.all(edits);
    },
    idle: async (timeoutMs) => {
      const over = AbortSignal.timeout(timeoutMs);
      const timeout = new Promise((resolve) => over.addEventListener("abort", resolve));
      while (edits.size > 0 && !over.aborted) await Promise.race([Promise.all(edits), timeout]);
    },
  };
}

interface Asked extends Subject {
  readonly prompt: OpenPrompt;
  readonly part: string;
}

function viewOf(promptId: string, request: PermissionRequest, redactor: Redactor): PromptView {
  const questions = request.toolName === "AskUserQuestion" ? questionsOf(request.input) : undefined;
  // Its words are the keys of the answers, so that they stay as they are; the way to Discord hides what has to be.
  if (questions !== undefined) return questionView(promptId, request, questions);
  const shown = { ...request, input: maskedValue(request.input, (text) => redactor.mask(text).text) };
  return request.toolName === "ExitPlanMode" ? planView(promptId, shown) : approvalView(promptId, shown);
}

/** Discord remembers a nonce for some minutes; later a new message would appear, about something long gone. */
const NONCE_KNOWN_MS = 3 * 60_000;

/** Between two tries to post a question. */
const LONGEST_WAIT_MS = 15_000;

const UNASKABLE = "Nobody could be asked for permission, so it is denied. Go on without it.";

const TIMED_OUT =
  "Nobody answered the question for permission in time, so it is denied. Go on without it, or say at the end what " +
  "is still to be done.";
