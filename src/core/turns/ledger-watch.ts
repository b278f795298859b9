import type { Ledger } from "./ledger.ts";
import type { Turn } from "./turn.ts";

/** The same ledger, which also tells of each turn that was accepted or has moved, once that is committed. */
export function watchLedger(ledger: Ledger, onChange: (turn: Turn) => void): Ledger {
  const tell = (turnId: string, changed: boolean) => {
    const turn = changed ? ledger.turn(turnId) : undefined;
    if (turn !== undefined) onChange(turn);
    return changed;
  };
  return {
    ...ledger,
    accept: (newTurn) => {
      const turn = ledger.accept(newTurn);
      if (turn !== undefined) onChange(turn);
      return turn;
    },
    move: (turnId, ...rest) => tell(turnId, ledger.move(turnId, ...rest)),
    end: (turnId, ...rest) => tell(turnId, ledger.end(turnId, ...rest)),
    revise: (turnId, ...rest) => tell(turnId, ledger.revise(turnId, ...rest)),
  };
}
