import type { AuditEntry } from "../../audit/chain.ts";

/** The same refusal is written down so often at most. */
const EVERY_MS = 60_000;

export interface RefusalCount {
  /** What is to be written down now: the refusal unless it is a repetition, and how many repetitions others had. */
  of(refusal: AuditEntry): readonly AuditEntry[];
  /** What is still only counted. */
  rest(): readonly AuditEntry[];
}

/** Who is refused a thousand times in a minute makes two records: the refusal, and how often it was repeated. */
export function createRefusalCount(now: () => number): RefusalCount {
  const known = new Map<
    string,
    { readonly refusal: AuditEntry; readonly sinceMs: number; repeated: number }
  >();

  const told = (isOver: (sinceMs: number) => boolean): AuditEntry[] => {
    const over = [...known].filter(([, { sinceMs }]) => isOver(sinceMs));
    for (const [key] of over) known.delete(key);
    return over.flatMap(([, { refusal, repeated }]) =>
      repeated === 0 ? [] : [{ ...refusal, fields: { ...refusal.fields, repeated } }],
    );
  };

  return {
    of: (refusal) => {
      const { user_id: userId, what, reason, conversation } = refusal.fields;
      const over = told((sinceMs) => now() - sinceMs >= EVERY_MS);
      const key = [userId, what, reason, conversation].join(" ");
      const last = known.get(key);
      if (last !== undefined) {
        last.repeated += 1;
        return over;
      }
      known.set(key, { refusal, sinceMs: now(), repeated: 0 });
      return [...over, refusal];
    },
    rest: () => told(() => true),
  };
}
