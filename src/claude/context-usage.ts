import { z } from "zod";
import type { ContextUsage } from "../core/agents/agent.ts";
import { ProtocolError } from "./lines.ts";

const KINDS = ["used", "deferred", "buffer", "free"] as const;

const described = z.object({
  totalTokens: z.number(),
  maxTokens: z.number(),
  categories: z.array(z.object({ name: z.string(), tokens: z.number(), kind: z.string().nullish() })),
});

/** The answer to `get_context_usage`. A kind of category that we don't know counts as used. */
export function readContextUsage(answer: unknown): ContextUsage {
  const parsed = described.safeParse(answer);
  if (!parsed.success) {
    throw new ProtocolError(`the context is described in an unknown shape: ${z.prettifyError(parsed.error)}`);
  }
  const { totalTokens, maxTokens, categories } = parsed.data;
  return {
    tokens: totalTokens,
    window: maxTokens,
    categories: categories.map(({ name, tokens, kind }) => ({
      name,
      tokens,
      kind: KINDS.find((known) => known === kind) ?? "used",
    })),
  };
}
