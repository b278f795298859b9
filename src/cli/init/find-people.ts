import { CoordError } from "../../core/operations/errors.ts";
import type { DiscordSetup, Named } from "../../discord/setup/setup.ts";

/** The member that a person means by an id, or by a whole name. Throws usage, with those who were near. */
export async function findMember(written: string, setup: DiscordSetup, guild: Named): Promise<Named> {
  const id = idIn(written);
  if (id !== undefined) {
    const member = await setup.member(guild.id, id);
    if (member !== undefined) return member;
    throw new CoordError("usage", `--allow-user ${written}: nobody of that id is a member of ${guild.name}.`);
  }
  const name = written.replace(/^@/, "").toLowerCase();
  const near = await setup.membersCalled(guild.id, name);
  const whole = near.filter(({ names }) => names.some((each) => each.toLowerCase() === name));
  const [found] = whole;
  if (found !== undefined && whole.length === 1) return found;
  const listed = (whole.length > 1 ? whole : near).map(({ names: [own], id: known }) => `${own} (${known})`);
  const why =
    whole.length > 1
      ? "several members are called so; give an id"
      : `no member of ${guild.name} is called so`;
  const hint = listed.length === 0 ? "" : ` There are: ${listed.join(", ")}.`;
  throw new CoordError("usage", `--allow-user ${written}: ${why}.${hint}`);
}

/** The role that a person means by an id or its whole name. Throws usage, with those that there are. */
export async function findRole(written: string, setup: DiscordSetup, guild: Named): Promise<Named> {
  const roles = await setup.roles(guild.id);
  const id = idIn(written);
  const name = written.replace(/^@/, "").toLowerCase();
  const found = roles.filter((role) => role.id === id || role.name.toLowerCase() === name);
  const [role] = found;
  if (role !== undefined && found.length === 1) return role;
  const listed = roles.map((each) => `${each.name} (${each.id})`).join(", ") || "none";
  const why = found.length > 1 ? "several roles are called so; give an id" : "there is no such role";
  throw new CoordError("usage", `--allow-role ${written}: ${why}. There are: ${listed}.`);
}

function idIn(written: string): string | undefined {
  return /^(?:<@[!&]?)?([1-9]\d{16,19})>?$/.exec(written.trim())?.[1];
}
