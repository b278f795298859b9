import type { ContextUsage } from "../../core/agents/agent.ts";
import { type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type ConversationSubject, conversationSubject } from "./conversation-subject.ts";

/** `/context`: how full the channel's session is, and what fills it. */
export function contextCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<ConversationSubject>({
    action: "talk",
    subject: (interaction) => conversationSubject(interaction, deps),
    run: async ({ subject: { project, conversationId }, answer }) => {
      const session = deps.sessions.current(conversationId);
      if (session === undefined) return answer.reply({ content: "There is no session here yet." });
      const context = await deps.describeContext(session, project);
      if (context !== undefined) return answer.reply({ content: contextText(context) });
      const known = deps.context(conversationId);
      const last = known === undefined ? "" : `\nAfter the last answer: ${fill(known.tokens, known.window)}.`;
      await answer.reply({ content: `Claude can't tell at the moment; all agents may be busy.${last}` });
    },
  });
}

/** One line for all of it and one for each category, the largest first. */
export function contextText({ tokens, window, categories }: ContextUsage): string {
  const of = (kinds: readonly string[]) =>
    categories
      .filter(({ kind, tokens: own }) => kinds.includes(kind) && own > 0)
      .sort((a, b) => b.tokens - a.tokens)
      .map(
        ({ name, tokens: own }) => `- ${cut(escaped(name), 60)}: ${compact(own)} (${percent(own, window)})`,
      );
  return [
    `**Context ${fill(tokens, window)}**`,
    bar(tokens, window),
    ...of(["used"]).slice(0, MOST_LINES),
    ...of(["buffer", "free"]).map((line) => `-# ${line.slice(2)}`),
    "-# `/compact` shortens what Claude remembers; `/reset` starts anew.",
  ].join("\n");
}

const MOST_LINES = 12;
const BAR = 24;

function bar(tokens: number, window: number): string {
  const full = Math.min(BAR, Math.ceil((BAR * tokens) / Math.max(window, 1)));
  return `\`${"█".repeat(full)}${"░".repeat(BAR - full)}\``;
}

function fill(tokens: number, window: number): string {
  return `${percent(tokens, window)} full, ${compact(tokens)} of ${compact(window)} tokens`;
}

function percent(tokens: number, window: number): string {
  const share = (100 * tokens) / Math.max(window, 1);
  return share > 0 && share < 1 ? "under 1 %" : `${Math.round(share)} %`;
}

function compact(amount: number): string {
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 }).format(amount);
}
