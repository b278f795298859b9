import type { PermissionAnswer } from "../../core/agents/agent.ts";
import type { PermissionRequest, PromptState } from "../../core/turns/prompts.ts";
import type { Turn } from "../../core/turns/turn.ts";
import type { ChannelApi } from "../channel/channel-api.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import type { PromptView } from "./prompt-view.ts";

/** A question that waits for people. */
export interface OpenPrompt {
  readonly id: string;
  readonly turn: Turn;
  readonly request: PermissionRequest;
  readonly view: PromptView;
  readonly channel: ChannelApi;
  readonly answer: (answer: PermissionAnswer) => void;
  /** When it is denied without an answer, in ms since the epoch. */
  readonly untilMs: number;
  /** Settles with the message's id, or undefined when it could not be posted. */
  posted: Promise<string | undefined>;
  timer: NodeJS.Timeout | undefined;
  /** Aborted once it is decided or withdrawn. */
  readonly over: AbortController;
}

/** The message as it is asked: the asker is pinged, since Claude waits for them. */
export function askedMessage({ turn, view, untilMs }: OpenPrompt): OutgoingMessage {
  const until = `-# Without an answer Claude goes on without it <t:${Math.ceil(untilMs / 1000)}:R>.`;
  const content = [...(turn.authorId === undefined ? [] : [`<@${turn.authorId}>`]), view.text, until].join(
    "\n",
  );
  const pings = turn.authorId === undefined ? [] : [turn.authorId];
  return { content, files: view.files, components: view.components(), pings };
}

/** The message once it is decided: what was asked, what came of it, no buttons; its file stays. */
export function settledMessage(text: string, verdict: string): OutgoingMessage {
  return { content: `${text}\n${verdict}`, keepsFiles: true };
}

/** What stands under a question that nobody answered. */
export const ENDS: Readonly<Record<Extract<PromptState, "timed_out" | "withdrawn" | "lost">, string>> = {
  timed_out: "⌛ Nobody answered in time: denied",
  withdrawn: "No longer asked: Claude does not wait for it any more",
  lost: "This question is over (the bot restarted)",
};
