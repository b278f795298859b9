import type { APIInteraction } from "discord-api-types/v10";
import type { ForgedInteraction } from "../../src/loopback/discord/people/forging.ts";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { OTHER_GUILD } from "./other-guild.ts";
import type { Attacker, Scene } from "./scene.ts";

/** Somebody who may not, and how Discord tells the bot of them. */
export interface Intruder {
  readonly who: (scene: Scene) => Person;
  readonly altered?: (told: APIInteraction, scene: Scene) => APIInteraction;
}

const member = (name: Attacker): Intruder => ({ who: ({ attackers }) => attackers[name] });

/** Everybody who may nothing in the project `web`, by what a test's title says of them. */
export const INTRUDERS: Readonly<Record<string, Intruder>> = {
  "a stranger": member("stranger"),
  "one who has lost the role": member("former"),
  "one who is timed out": member("timedOut"),
  "one with the name of a member and a role of the right name": member("namesake"),
  "a moderator without Manage Server": member("moderator"),
  "another bot": member("otherBot"),
  "who may talk in another project only": { who: ({ sue }) => sue },
  "an administrator of another guild": {
    who: ({ attackers }) => attackers.stranger,
    altered: (told) =>
      changed(told, { guild_id: OTHER_GUILD.id, member: { roles: [OTHER_GUILD.adminRole] } }),
  },
  "one who has left the guild": {
    who: ({ attackers }) => attackers.stranger,
    altered: (told) => {
      const { member: _gone, ...rest } = told as unknown as Told;
      return { ...rest, user: (told as unknown as Told).member.user } as unknown as APIInteraction;
    },
  },
  "one who writes from a direct message": {
    who: ({ attackers }) => attackers.stranger,
    altered: (told) => {
      const { member: own, guild_id: _guild, guild: _whole, ...rest } = told as unknown as Told;
      return { ...rest, user: own.user, context: 1 } as unknown as APIInteraction;
    },
  },
  "one whose event names another user than its member": {
    who: ({ attackers }) => attackers.stranger,
    altered: (told, { ann }) => changed(told, { user: ann.user }),
  },
};

/** What the person sends, as this intruder. */
export function asIntruder(
  scene: Scene,
  { altered }: Intruder,
  forged: Omit<ForgedInteraction, "altered">,
): ForgedInteraction {
  return altered === undefined ? forged : { ...forged, altered: (told) => altered(told, scene) };
}

interface Told {
  readonly member: { readonly user: object };
  readonly guild_id: string;
  readonly guild: object;
}

function changed(
  told: APIInteraction,
  change: { readonly member?: object; readonly [name: string]: unknown },
) {
  const { member: own, ...rest } = told as unknown as Told;
  return { ...rest, ...change, member: { ...own, ...change.member } } as unknown as APIInteraction;
}
