import { meaningOf, parse, record } from "./checked-edit.ts";
import { isSecretName } from "./secrets.ts";
import { settingSet } from "./setting-edits.ts";

/** A secret of config.yaml: where it stands and what it is. */
interface WrittenSecret {
  readonly path: readonly string[];
  readonly value: string;
}

/** A text of config.yaml without its secrets, and which were in it: `discord.token`. Throws on what is no YAML. */
export function withoutWrittenSecrets(text: string): { readonly text: string; readonly leftOut: string[] } {
  let rest = text;
  const secrets = secretsIn(text);
  for (const { path } of secrets) rest = settingSet(rest, path, undefined);
  // In a comment beside it, for one.
  for (const { value } of secrets) if (value.length >= LONG_ENOUGH) rest = rest.replaceAll(value, "***");
  return { text: rest, leftOut: secrets.map(({ path }) => path.join(".")) };
}

/** A shorter one may be an ordinary word too. */
const LONG_ENOUGH = 16;

/** The text with those of the left out secrets that `other` has, and which are still missing. */
export function withSecretsOf(
  other: string,
  text: string,
  leftOut: readonly string[],
): { readonly text: string; readonly missing: string[] } {
  let whole = text;
  const known = secretsIn(other).filter(({ path }) => leftOut.includes(path.join(".")));
  for (const { path, value } of known) whole = settingSet(whole, path, value);
  const found = new Set(known.map(({ path }) => path.join(".")));
  return { text: whole, missing: leftOut.filter((key) => !found.has(key)) };
}

/** The secrets of a text of config.yaml, whether or not it is valid; none of one that is no YAML. */
export function writtenSecrets(text: string): string[] {
  try {
    return secretsIn(text).map(({ value }) => value);
  } catch {
    return [];
  }
}

function secretsIn(text: string): WrittenSecret[] {
  const [error] = parse(text).errors;
  // Some of a broken text can be read; what of it is secret, nobody knows.
  if (error !== undefined) throw error;
  const { discord, health, claude } = meaningOf(text);
  const variables = Object.entries(record(record(claude).env)).filter(([name]) => isSecretName(name));
  const all: readonly (readonly [readonly string[], unknown])[] = [
    [["discord", "token"], record(discord).token],
    [["health", "token"], record(health).token],
    ...variables.map(([name, value]) => [["claude", "env", name], value] as const),
  ];
  return all.flatMap(([path, value]) => (typeof value === "string" && value !== "" ? [{ path, value }] : []));
}
