import { z } from "zod";
import type { AgentModel } from "../core/agents/agent.ts";
import { ProtocolError } from "./lines.ts";

const initialized = z.object({
  claude_code_version: z.string(),
  models: z.array(z.object({ value: z.string(), displayName: z.string() })),
});

/** What the answer to `initialize` tells about the CLI: its version, and the models that it offers. */
export function readReadiness(answer: unknown): { version: string; models: AgentModel[] } {
  const parsed = initialized.safeParse(answer);
  if (!parsed.success) {
    throw new ProtocolError(
      `the answer to initialize has an unknown shape: ${z.prettifyError(parsed.error)}`,
    );
  }
  return { version: parsed.data.claude_code_version, models: parsed.data.models };
}
