import { createRedactor } from "../../src/core/secrets/redactor.ts";

/** For tests in which nothing is secret. */
export const NO_SECRETS = createRedactor({ secrets: () => [], hidesLooks: () => false });
