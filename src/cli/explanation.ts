import type { Environment } from "../config/paths.ts";
import { isSecretName } from "../config/secrets.ts";
import { CoordError } from "../core/operations/errors.ts";
import { withoutSecrets } from "./safe-error.ts";

/** What a person is told of an error that ended a command, without the secrets of its environment. */
export function explanation(error: unknown, env: Environment): string {
  const safe = withoutSecrets(error, secretsIn(env));
  if (safe instanceof CoordError) return `claude-coord: ${safe.message}`;
  const stack = safe instanceof Error ? (safe.stack ?? safe.message) : String(safe);
  return `claude-coord: this is a bug in claude-coord, please report it with the lines below.\n${stack}`;
}

function secretsIn(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value && isSecretName(name) ? [value] : []));
}
