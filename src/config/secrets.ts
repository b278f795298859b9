import type { Config } from "./config.ts";

/** What must never be seen of a configuration: tokens, logins, and passwords in addresses. */
export function secretsOf({ discord, claude, health }: Config): readonly string[] {
  const variables = Object.entries(claude.env);
  return [
    discord.token,
    claude.credential?.value ?? "",
    health.token ?? "",
    ...variables.flatMap(([name, value]) => (isSecretName(name) ? [value] : [])),
    ...[discord.apiUrl, ...variables.map(([, value]) => value)].flatMap(passwordIn),
  ].filter((secret) => secret !== "");
}

/** Whether a variable's name says that its value is a secret, and not where to find one. */
export function isSecretName(name: string): boolean {
  return /TOKEN|KEY|SECRET|PASSW|CREDENTIAL/i.test(name) && !/_(FILE|PATH|DIR|HOST|URL)$/i.test(name);
}

function passwordIn(value: string): string[] {
  const [, password] = /:\/\/[^/\s:@]*:([^/\s@]+)@/.exec(value) ?? [];
  return password === undefined ? [] : [password];
}
