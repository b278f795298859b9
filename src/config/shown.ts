import type { ConfigDocument } from "./document.ts";
import { plainValues } from "./plain-values.ts";
import { configSchema } from "./schema.ts";

/** A valid config.yaml with every default filled in, in the words of the file; secrets are starred out. */
export function shownConfig(document: ConfigDocument): Record<string, unknown> {
  const config = configSchema.parse(plainValues(document)?.value);
  const { discord, claude, health } = config;
  return {
    ...config,
    discord: {
      ...discord,
      ...(discord.token === undefined ? {} : { token: STARS }),
      api_url: withoutLogin(discord.api_url),
    },
    health: { ...health, ...(health.token === undefined ? {} : { token: STARS }) },
    claude: {
      ...claude,
      // Which of them are secrets, only the person knows: a proxy's address can hold a password.
      env: Object.fromEntries(Object.keys(claude.env).map((name) => [name, STARS])),
    },
  };
}

const STARS = "***";

/** `https://user:password@host` without what is before the host. */
function withoutLogin(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/, `$1${STARS}@`);
}
