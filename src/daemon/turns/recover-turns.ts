import type { Ledger } from "../../core/turns/ledger.ts";
import { afterCrash, type RestartPolicy } from "../../core/turns/recovery.ts";
import { EMPTY_END, type Turn } from "../../core/turns/turn.ts";
import { aboutTurn } from "../logging/turn-log.ts";

/** Decides about the turns that ran when the last daemon died. Before the first conversation looks at the ledger. */
export function recoverTurns({
  ledger,
  policy,
  report,
  log,
}: {
  ledger: Ledger;
  policy: RestartPolicy;
  report: (what: string, detail: unknown, turn: Turn) => string;
  log: { warn(message: string, fields?: object): void };
}): void {
  ledger.recover((turn) => {
    const fate = afterCrash(turn, policy);
    log.warn("a turn was cut short by the end of the last daemon", {
      ...aboutTurn(turn),
      crashes: turn.crashes,
      // The first word is the tool's name; what it was to do is what people and Claude write.
      tool: turn.openTool?.split(" ", 1)[0],
      fate,
    });
    if (fate !== "give_up") return { fate };
    const errorId = report("the turn is given up: the daemon died twice while it ran", undefined, turn);
    return { fate, end: { ...EMPTY_END, outcome: "failed", failureCode: "daemon_crashed", errorId } };
  });
}
