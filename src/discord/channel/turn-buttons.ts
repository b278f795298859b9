import { type APIMessageTopLevelComponent, ButtonStyle, ComponentType } from "discord-api-types/v10";
import type { OutgoingMessage } from "./message-payload.ts";

/** What stands before the colon of these buttons' custom_id; the turn's id stands behind it. */
export const TURN_BUTTONS = {
  runNow: "run",
  goOn: "continue",
  drop: "drop",
  stop: "stop",
  runToday: "budget",
} as const;

/** The notice of an expired turn, with a button to run it after all. */
export function runNow(turnId: string, message: OutgoingMessage): OutgoingMessage {
  return { ...message, components: row([["Run now", ButtonStyle.Primary, TURN_BUTTONS.runNow, turnId]]) };
}

/** Says that a turn waits for the next day's budget, with an administrator's button to let the project run on. */
export function runToday(turnId: string, message: OutgoingMessage): OutgoingMessage {
  const button = ["Run anyway today", ButtonStyle.Secondary, TURN_BUTTONS.runToday, turnId] as const;
  return { ...message, components: row([button]) };
}

/** Under an answer that is being written: ends its turn. */
export function stopButton(turnId: string): readonly APIMessageTopLevelComponent[] {
  return row([["Stop", ButtonStyle.Secondary, TURN_BUTTONS.stop, turnId]]);
}

/** Asks whether a turn goes on whose `tool` was at work when the daemon ended. */
export function restartQuestion(turnId: string, tool: string): OutgoingMessage {
  return {
    content:
      `I was restarted while Claude was using this tool, which may have done its work or half of it:\n${tool}\n` +
      "If Claude goes on, it may run it again.",
    components: row([
      ["Go on", ButtonStyle.Primary, TURN_BUTTONS.goOn, turnId],
      ["Stop here", ButtonStyle.Secondary, TURN_BUTTONS.drop, turnId],
    ]),
  };
}

type Button = readonly [
  label: string,
  style: ButtonStyle.Primary | ButtonStyle.Secondary,
  prefix: string,
  id: string,
];

function row(buttons: readonly Button[]): readonly APIMessageTopLevelComponent[] {
  const components = buttons.map(([label, style, prefix, id]) => ({
    type: ComponentType.Button as const,
    label,
    style,
    custom_id: `${prefix}:${id}`,
  }));
  return [{ type: ComponentType.ActionRow, components }];
}
