import type { TurnRecord } from "../../sqlite/history.ts";

/** How a turn ended, or where it is, in a few words. */
export function turnEndText({ state, outcome, failureCode, errorId }: TurnRecord): string {
  if (outcome !== "failed") return outcome ?? state;
  const code = failureCode === undefined ? "failed" : `failed: ${failureCode}`;
  return errorId === undefined ? code : `${code} (${errorId})`;
}
