import { z } from "zod";
import { ProtocolError } from "./lines.ts";

const described = z.object({ session: z.object({ total_cost_usd: z.number() }) });

/** The answer to `get_usage`: what the session has cost since it began, also over resumes. */
export function readSessionCost(answer: unknown): number {
  const parsed = described.safeParse(answer);
  if (!parsed.success) {
    throw new ProtocolError(`the cost is described in an unknown shape: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data.session.total_cost_usd;
}
