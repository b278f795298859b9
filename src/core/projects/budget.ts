/** What a project may cost, in US dollars as the CLI estimates them; undefined is no such limit. */
export interface Budget {
  readonly perTurnUsd: number | undefined;
  /** A day in the time zone of this machine. */
  readonly perDayUsd: number | undefined;
}

/** Turns wait, since the day's budget is used up. */
export interface BudgetHold {
  readonly spentUsd: number;
  readonly limitUsd: number;
  /** When the next day begins (ms since the epoch). */
  readonly untilMs: number;
}

/** Why a turn has to wait now, given what the project's turns of today have cost; undefined when it may run. */
export function budgetHold(
  budget: Budget | undefined,
  spentUsd: number,
  nowMs: number,
): BudgetHold | undefined {
  const limitUsd = budget?.perDayUsd;
  if (limitUsd === undefined || spentUsd < limitUsd) return undefined;
  return { spentUsd, limitUsd, untilMs: nextDayMs(nowMs) };
}

function nextDayMs(nowMs: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime();
}
