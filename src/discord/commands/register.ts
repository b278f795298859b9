import { type REST, Routes } from "discord.js";
import type { APIApplicationCommand, RESTPostAPIApplicationCommandsJSONBody } from "discord-api-types/v10";
import type { Snowflake } from "../../core/projects/project.ts";

/** Makes a guild's commands these; Discord is told only what differs, since it counts changes. True when it was. */
export async function registerCommands(
  rest: REST,
  applicationId: Snowflake,
  guildId: Snowflake,
  commands: readonly RESTPostAPIApplicationCommandsJSONBody[],
): Promise<boolean> {
  const route = Routes.applicationGuildCommands(applicationId, guildId);
  const known = (await rest.get(route)) as readonly APIApplicationCommand[];
  if (sameCommands(known, commands)) return false;
  await rest.put(route, { body: commands });
  return true;
}

function sameCommands(
  known: readonly APIApplicationCommand[],
  wanted: readonly RESTPostAPIApplicationCommandsJSONBody[],
): boolean {
  if (known.length !== wanted.length) return false;
  return wanted.every((each) =>
    known.some((one) => one.name === each.name && one.type === each.type && covers(one, each)),
  );
}

/** Whether everything that we say stands there; Discord adds fields of its own and leaves out what is false. */
function covers(known: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    const list = Array.isArray(known) ? known : [];
    return list.length === wanted.length && wanted.every((each, index) => covers(list[index], each));
  }
  if (typeof wanted === "object" && wanted !== null) {
    const there = (known ?? {}) as Readonly<Record<string, unknown>>;
    return Object.entries(wanted).every(([name, value]) => covers(there[name], value));
  }
  return known === wanted || (known === undefined && wanted === false);
}
