import type { Snowflake } from "../../core/projects/project.ts";
import type { Redactor } from "../../core/secrets/redactor.ts";
import type { DeliveryStore } from "../../core/turns/ledger.ts";
import { type OpenReply, Refused, type Reply } from "../../core/turns/reply.ts";
import type { Turn } from "../../core/turns/turn.ts";
import type { ChannelApi } from "../channel/channel-api.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import type { OwnMessage } from "../channel/own-messages.ts";
import { restartQuestion, runNow, runToday, stopButton } from "../channel/turn-buttons.ts";
import { createTyping, type Typing } from "../channel/typing.ts";
import { EMPTY_VIEW, nextView, spokenText } from "./answer-view.ts";
import { failureText } from "./failure-text.ts";
import { fileMessages } from "./file-messages.ts";
import { type RenderOptions, renderEnd, renderRunning } from "./render-answer.ts";
import { createStreamSplitter } from "./stream-splitter.ts";
import { holdText, waitingText } from "./waiting-text.ts";
import { createWriter } from "./writer.ts";

export interface RepliesDeps {
  readonly channel: (channelId: Snowflake) => ChannelApi;
  readonly deliveries: DeliveryStore;
  /** The bot's own messages after one of a channel. */
  readonly ownMessages: (channelId: Snowflake, after: Snowflake) => Promise<readonly OwnMessage[]>;
  /** Whether it is known what a message of the bot's own is: a part of an answer, or a question. */
  readonly isKnown: (messageId: Snowflake) => boolean;
  /** The files that belong below the answer of a turn that has ended. */
  readonly filesOf: (turnId: string) => Promise<readonly { readonly name: string; readonly data: Buffer }[]>;
  /** Paths in it are shown from there on. */
  readonly projectDir: (turn: Turn) => string | undefined;
  /** Keeps secrets out of what is still being written; what is said for certain comes without. */
  readonly redactor: Redactor;
  readonly newNonce: () => string;
  readonly now: () => number;
  readonly settings: () => Pick<RenderOptions, "stream" | "footer" | "tools" | "maxMessages">;
  /** Aborted when the daemon stops: what is not sent by then waits for the next start. */
  readonly signal: AbortSignal;
  readonly log: { debug(message: string, fields?: object): void };
}

/** Discord allows five edits in five seconds in a channel; this leaves room for what else is written there. */
const PACE_MS = 1_500;
/** Until then the typing indicator says enough; many answers begin before. */
const QUIET_MS = 2_000;
/** How often the elapsed time moves on when nothing else happens. */
const TICK_MS = 5_000;

/** Shows turns in their channels: as they run, and how they end. */
export function createReplies(deps: RepliesDeps): OpenReply {
  const typing = createTyping();
  return (turn, after) => openReply(turn, after, typing, deps);
}

function openReply(turn: Turn, after: Promise<void>, typing: Typing, deps: RepliesDeps): Reply {
  const channel = deps.channel(turn.channelId);
  const projectDir = deps.projectDir(turn);
  const splitter = createStreamSplitter();
  const writer = createWriter({
    turnId: turn.id,
    after,
    replyTo: turn.messageId,
    channel,
    deliveries: deps.deliveries,
    newNonce: deps.newNonce,
    ownMessages: (after) => deps.ownMessages(turn.channelId, after),
    isKnown: deps.isKnown,
    now: deps.now,
    paceMs: PACE_MS,
    signal: deps.signal,
    onTrouble: (error) => deps.log.debug("a message could not be written yet", { turn_id: turn.id, error }),
  });
  let view = EMPTY_VIEW;
  let begunAtMs: number | undefined;
  let isSettled = false;
  const timers: NodeJS.Timeout[] = [];
  let stopTyping: (() => void) | undefined;

  const options = (): RenderOptions => ({ ...deps.settings(), nowMs: deps.now() });
  const running = (): OutgoingMessage[] => {
    const split = (markdown: string) => {
      splitter.replace(deps.redactor.maskOpen(markdown).text);
      return splitter.parts();
    };
    const messages = renderRunning(view, begunAtMs ?? deps.now(), { ...options(), split });
    const last = messages.pop();
    return last === undefined ? [] : [...messages, { ...last, components: stopButton(turn.id) }];
  };
  const update = () => {
    if (begunAtMs === undefined) return;
    const speaks = deps.settings().stream && spokenText(view).trim() !== "";
    if (speaks || deps.now() - begunAtMs >= QUIET_MS) writer.show(running);
  };
  const keepTyping = (isKept: boolean) => {
    if (isKept) stopTyping ??= typing.keep(turn.channelId, channel.type);
    else stopTyping?.();
    if (!isKept) stopTyping = undefined;
  };
  const settle = () => {
    for (const timer of timers.splice(0)) clearInterval(timer);
    isSettled = true;
    keepTyping(false);
  };

  return {
    begin: () => {
      begunAtMs = deps.now();
      keepTyping(true);
      timers.push(setTimeout(update, QUIET_MS), setInterval(update, TICK_MS));
    },
    waits: (ahead) => writer.show(() => [{ content: waitingText(ahead) }]),
    show: (event) => {
      view = nextView(view, event, projectDir);
      // While a person is asked it is them who are waited for.
      if (begunAtMs !== undefined && !isSettled) keepTyping(view.openPermissions.length === 0);
      update();
    },
    askToContinue: (tool) => writer.finish([restartQuestion(turn.id, tool)]),
    hold: async (hold) => {
      settle();
      const message = { content: holdText(hold, turn.projectName) };
      await writer.finish([hold.by === "budget" ? runToday(turn.id, message) : message]);
      // The answer comes as a message of its own, hours later maybe: an edit of this one would tell nobody.
      deps.deliveries.forget(turn.id, 0);
    },
    refused: async (errorId, answer) => {
      const content = failureText({
        code: "undeliverable",
        errorId,
        resetsAtMs: undefined,
        nowMs: deps.now(),
      });
      try {
        // As a file its words are not looked at; if it is the file that is refused, the bare sentence may pass.
        await writer.finish([{ content, files: [{ name: "answer.md", data: answer }] }]);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        await writer.finish([{ content }]);
      }
    },
    withdraw: async () => {
      settle();
      await writer.finish([]);
    },
    leave: async () => {
      settle();
      await writer.leave();
    },
    finish: async (end) => {
      try {
        const text = renderEnd(end, begunAtMs === undefined ? undefined : view, options());
        const messages = [...text, ...fileMessages(await deps.filesOf(turn.id))];
        await writer.finish(
          end.outcome === "expired" ? messages.map((each) => runNow(turn.id, each)) : messages,
        );
      } finally {
        settle();
      }
    },
  };
}
