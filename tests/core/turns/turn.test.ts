import { describe, expect, test } from "vitest";
import { nextTurnState, type TurnEvent, type TurnState } from "../../../src/core/turns/turn.ts";

const STATES: readonly TurnState[] = [
  "accepted",
  "queued",
  "running",
  "delivering",
  "answered",
  "failed",
  "cancelled",
  "expired",
];
const EVENTS: readonly TurnEvent[] = ["wait", "start", "end", "deliver", "withdraw", "give_up"];

/** What each event leads to in each state when the outcome is `answered`; a dot where it means nothing. */
const TABLE = `
             wait    start    end         deliver   withdraw   give_up
  accepted   queued  running  delivering  .         cancelled  .
  queued     queued  running  delivering  .         cancelled  .
  running    queued  running  delivering  .         .          .
  delivering .       .        .           answered  .          failed
  answered   .       .        .           .         .          .
  failed     .       .        .           .         .          .
  cancelled  .       .        .           .         .          .
  expired    .       .        .           .         .          .
`;

describe("every event in every state", () => {
  const rows = TABLE.trim().split("\n").slice(1);
  const expected = new Map(
    rows.flatMap((row) => {
      const [state, ...targets] = row.trim().split(/\s+/);
      return EVENTS.map((event, column) => [`${state} ${event}`, targets[column]] as const);
    }),
  );
  test.each(STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const)))(
    "%s, %s",
    (state, event) => {
      expect(nextTurnState(state, event, "answered") ?? ".").toBe(expected.get(`${state} ${event}`));
    },
  );
});

test("a delivered turn reaches the end that was recorded", () => {
  for (const outcome of ["answered", "failed", "cancelled", "expired"] as const) {
    expect(nextTurnState("delivering", "deliver", outcome)).toBe(outcome);
  }
});

test("a turn can't end without an outcome, for there would be nothing to show", () => {
  expect(nextTurnState("running", "end", undefined)).toBeUndefined();
});
