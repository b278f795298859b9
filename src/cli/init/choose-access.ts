import { isDeepStrictEqual } from "node:util";
import { CoordError } from "../../core/operations/errors.ts";
import type { AccessRule } from "../../core/projects/project.ts";
import type { Named } from "../../discord/setup/setup.ts";
import type { Choice } from "../prompts.ts";
import type { Asker } from "./asker.ts";
import type { Connection } from "./connect.ts";
import { findMember, findRole } from "./find-people.ts";
import type { InitOptions } from "./init-options.ts";
import type { Talk } from "./talk.ts";

/** Who may talk to Claude, and what the ids in it stand for. */
export interface ChosenAccess {
  readonly rule: AccessRule;
  readonly names: ReadonlyMap<string, string>;
  /** For people. */
  readonly text: string;
}

/** Settles on who may talk to Claude. `kept`: the rule that is configured; empty lists mean the default. */
export async function chooseAccess(
  options: InitOptions,
  { setup, bot }: Pick<Connection, "setup" | "bot">,
  { guild, kept }: { guild: Named; kept: AccessRule },
  asker: Asker,
  talk: Talk,
): Promise<ChosenAccess> {
  const people = new People();
  // Who is let in is asked of people only; bots that are listed stay so.
  const chosen = (rule: AccessRule) =>
    chosenAccess(kept.bots === undefined ? rule : { ...rule, bots: kept.bots }, people);
  const flags = await fromFlags(options, setup, guild, people);
  if (flags !== undefined) return chosen(flags);
  await people.lookUp(kept, setup, guild);
  if (!asker.asks) return chosen(kept);

  talk.part("Who may talk to Claude");
  talk.say(
    "Whoever may talk to it has a shell on this machine through Claude, as far as you let its tools run. So nobody " +
      "may unless you say so; members with Manage Server may if you name nobody.",
  );
  const { owner } = bot;
  const isNew = isDeepStrictEqual(kept, MANAGERS);
  const choices: Choice<"kept" | "owner" | "pick" | "managers" | "everyone">[] = [
    ...(isNew ? [] : [{ value: "kept" as const, name: `As it is: ${describe(kept, people)}` }]),
    ...(owner && isNew ? [{ value: "owner" as const, name: `Only you: ${owner.name} (recommended)` }] : []),
    { value: "pick", name: "Members and roles that you pick" },
    { value: "managers", name: "Members with Manage Server" },
    {
      value: "everyone",
      name: "Everyone who can write in the channel",
      description: "Only for a server of people that you would give a shell on this machine.",
    },
  ];
  const answer = await asker.prompts.choose("Who may talk to Claude?", choices);
  switch (answer) {
    case "kept":
      return chosen(kept);
    case "owner":
      if (owner !== undefined) people.know(owner);
      return chosen({ ...MANAGERS, users: owner === undefined ? [] : [owner.id] });
    case "managers":
      return chosen(MANAGERS);
    case "everyone":
      return chosen({ ...MANAGERS, everyone: true });
    case "pick":
      return chosen(await pick(kept, setup, guild, people, asker));
  }
}

const MANAGERS: AccessRule = { users: [], roles: [], everyone: false };

/** Names of those who have come up. */
class People {
  readonly names = new Map<string, string>();

  know({ id, name }: Named): void {
    this.names.set(id, name);
  }

  async lookUp(rule: AccessRule, setup: Connection["setup"], guild: Named): Promise<void> {
    if (rule.roles.length > 0) for (const role of await setup.roles(guild.id)) this.know(role);
    for (const id of rule.users) {
      const member = await setup.member(guild.id, id);
      if (member !== undefined) this.know(member);
    }
  }
}

async function fromFlags(
  { allowEveryone, allowManagers, allowUser = [], allowRole = [] }: InitOptions,
  setup: Connection["setup"],
  guild: Named,
  people: People,
): Promise<AccessRule | undefined> {
  const namesSome = allowUser.length > 0 || allowRole.length > 0;
  if ([allowEveryone, allowManagers, namesSome].filter(Boolean).length > 1) {
    throw new CoordError(
      "usage",
      "Give one of --allow-user and --allow-role, --allow-managers, or --allow-everyone.",
    );
  }
  if (allowEveryone) return { ...MANAGERS, everyone: true };
  if (allowManagers) return MANAGERS;
  if (!namesSome) return undefined;
  const users = await Promise.all(allowUser.map((written) => findMember(written, setup, guild)));
  const roles = await Promise.all(allowRole.map((written) => findRole(written, setup, guild)));
  for (const each of [...users, ...roles]) people.know(each);
  return { users: users.map(({ id }) => id), roles: roles.map(({ id }) => id), everyone: false };
}

/** Picks one after the other; picking again takes away. */
async function pick(
  kept: AccessRule,
  setup: Connection["setup"],
  guild: Named,
  people: People,
  asker: Asker,
): Promise<AccessRule> {
  const users = new Set(kept.users);
  const roles = new Set(kept.roles);
  const allRoles = await setup.roles(guild.id);
  const has = (id: string) => users.has(id) || roles.has(id);
  for (;;) {
    const picked = [...users, ...roles].map((id) => people.names.get(id) ?? id).join(", ");
    const message = picked === "" ? "Who? Type a name:" : `So far: ${picked}. Who else?`;
    const id = await asker.prompts.search(message, async (typed) => {
      const start = typed.toLowerCase();
      const members = typed === "" ? [] : await setup.membersCalled(guild.id, typed);
      const matching = allRoles.filter(({ name }) => name.toLowerCase().includes(start));
      for (const each of [...members, ...matching]) people.know(each);
      const mark = (each: Named, kind: string) => ({
        value: each.id,
        name: `${has(each.id) ? "not " : ""}${kind}${each.name}`,
      });
      return [
        ...(typed === "" && picked !== "" ? [{ value: DONE, name: "done" }] : []),
        ...members.map((member) => mark(member, "")),
        ...matching.map((role) => mark(role, "the role ")),
      ];
    });
    if (id === DONE) return { users: [...users], roles: [...roles], everyone: false };
    const among = allRoles.some((role) => role.id === id) ? roles : users;
    if (!among.delete(id)) among.add(id);
  }
}

const DONE = "done";

function chosenAccess(rule: AccessRule, people: People): ChosenAccess {
  return { rule, names: people.names, text: describe(rule, people) };
}

function describe({ users, roles, everyone, bots = [] }: AccessRule, { names }: People): string {
  const others = bots.length === 0 ? "" : `, and the bots ${bots.join(", ")}`;
  if (everyone) return `everyone who can write in the channel${others}`;
  const listed = [
    ...users.map((id) => names.get(id) ?? id),
    ...roles.map((id) => `the role ${names.get(id) ?? id}`),
  ];
  return (listed.join(", ") || "members with Manage Server") + others;
}
