import type { Action } from "../../core/access/access.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { Ledger } from "../../core/turns/ledger.ts";
import { EMPTY_END, type Turn } from "../../core/turns/turn.ts";
import { TURN_BUTTONS } from "../channel/turn-buttons.ts";
import { type HandlerContext, type InteractionHandler, interactionHandler, type Subject } from "./handler.ts";
import type { IncomingInteraction } from "./incoming-interaction.ts";
import { tellChange } from "./tell-change.ts";
import { type TooMuchDeps, tooMuch } from "./too-much.ts";

export interface TurnDecisionsDeps extends TooMuchDeps {
  readonly ledger: Ledger;
  /** Lets a project run on today though its budget is used up; false when nothing held it. */
  readonly releaseBudget: (projectName: string, userId: Snowflake) => boolean;
  readonly project: (projectName: string) => Project | undefined;
  /** The turn may run: its conversation should look at the ledger. */
  readonly wake: (conversationId: Snowflake) => void;
  /** The turn's end is recorded and is to be shown. */
  readonly tell: (turn: Turn) => void;
}

interface TurnSubject extends Subject {
  readonly turn: Turn;
}

/**
 * The buttons under turns that wait for a word of a person. Whoever may talk in the project may press them, but for the
 * one that spends more than the project's budget.
 */
export function turnDecisions(deps: TurnDecisionsDeps): Readonly<Record<string, InteractionHandler>> {
  const handler = (run: (context: HandlerContext<TurnSubject>) => Promise<void>, action: Action = "talk") =>
    interactionHandler<TurnSubject>({
      action,
      subject: (interaction) => subjectOf(interaction, deps),
      run,
    });

  return {
    [TURN_BUTTONS.runNow]: handler(async ({ subject: { turn }, interaction, answer }) => {
      if (turn.end?.outcome !== "expired") return answer.whisper({ content: OVER });
      const refusal = tooMuch(interaction, turn, deps);
      if (refusal !== undefined) return answer.whisper({ content: refusal });
      // Two people may press at once: only the first revives it.
      if (!deps.ledger.revive(turn.id)) return answer.whisper({ content: OVER });
      const isNoticeOfMany = turn.end?.notes.some(
        (note) => note.type === "left_out" && note.tooOld + note.tooMany > 1,
      );
      const what = isNoticeOfMany ? "them" : "it";
      await answer.update({ content: `-# ${interaction.actorName} runs ${what} now.` });
      deps.wake(turn.conversationId);
    }),

    [TURN_BUTTONS.goOn]: handler(async ({ subject: { turn }, interaction, answer }) => {
      if (turn.awaits === undefined) return answer.whisper({ content: OVER });
      deps.ledger.await(turn.id, undefined);
      await answer.update({ content: `-# ${interaction.actorName} lets Claude go on.` });
      deps.wake(turn.conversationId);
    }),

    [TURN_BUTTONS.runToday]: handler(async ({ subject: { turn }, interaction, answer }) => {
      const { projectName } = turn;
      const { userId } = interaction.actor;
      if (!deps.releaseBudget(projectName, userId)) return answer.whisper({ content: OVER });
      tellChange(interaction, turn, { kind: "budget_released" }, deps);
      await answer.update({
        content: `-# ${interaction.actorName} lets **${projectName}** run on today, over its budget.`,
      });
      for (const waiting of deps.ledger.unfinishedConversations()) {
        if (waiting.projectName === projectName) deps.wake(waiting.conversationId);
      }
    }, "admin"),

    [TURN_BUTTONS.drop]: handler(async ({ subject: { turn }, answer }) => {
      if (turn.awaits === undefined) return answer.whisper({ content: OVER });
      if (!deps.ledger.end(turn.id, { ...EMPTY_END, outcome: "cancelled" })) return;
      const ended = deps.ledger.turn(turn.id);
      if (ended !== undefined) deps.tell(ended);
      deps.wake(turn.conversationId);
    }),
  };
}

const OVER = "That has been decided already.";

function subjectOf(interaction: IncomingInteraction, deps: TurnDecisionsDeps): TurnSubject | string {
  const turnId = "customId" in interaction.input ? interaction.input.customId.split(":")[1] : undefined;
  const turn = deps.ledger.turn(turnId ?? "");
  if (turn === undefined) return "I no longer know that message.";
  const project = deps.project(turn.projectName);
  if (project === undefined) return `The project ${turn.projectName} is no longer configured.`;
  return { turn, guildId: turn.guildId, projects: [project] };
}
