import { createRedactor } from "../core/secrets/redactor.ts";

/** The same error, with what it says about itself fit for a terminal or a journal. */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof Error)) return error;
  const { mask } = createRedactor({ secrets: () => secrets, hidesLooks: () => true });
  error.message = mask(error.message).text;
  if (error.stack !== undefined) error.stack = mask(error.stack).text;
  return error;
}
