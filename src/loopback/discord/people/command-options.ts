import {
  type APIApplicationCommand,
  type APIMessage,
  ApplicationCommandOptionType,
  ApplicationCommandType,
} from "discord-api-types/v10";
import { storeAttachment } from "../attachments.ts";
import type { CommandOption } from "../command-body.ts";
import { channelPayload } from "../payloads/channel-payload.ts";
import { memberPayload, userPayload } from "../payloads/member-payload.ts";
import { permissionsOf } from "../permissions.ts";
import type { World } from "../world.ts";
import { type PersonFile, uploadOf } from "./person-file.ts";

/** What a person may give for an option: a value, somebody or something with an id, or a file. */
export type OptionValue = string | number | boolean | { readonly id: string } | PersonFile;

/** A chat input command by what a person types, `/project add`, with the options of its subcommand. */
export function findCommand(
  world: World,
  typed: string,
): { command: APIApplicationCommand; subcommands: CommandOption[]; options: readonly CommandOption[] } {
  const [name, ...rest] = typed.replace(/^\//, "").split(" ");
  const command = commandNamed(world, name ?? "", ApplicationCommandType.ChatInput);
  let options = (command.options ?? []) as readonly CommandOption[];
  const subcommands = rest.map((part) => {
    const found = options.find((option) => option.name === part && isSubcommand(option));
    if (found === undefined) throw new Error(`The command /${name} has no subcommand "${part}".`);
    options = found.options ?? [];
    return found;
  });
  if (options.some(isSubcommand)) throw new Error(`The command "${typed}" needs a subcommand.`);
  return { command, subcommands, options };
}

/** A command by its name and type; the guild's own comes before a global one. */
export function commandNamed(
  world: World,
  name: string,
  type: ApplicationCommandType,
): APIApplicationCommand {
  const found = [...world.commands.values()].filter(
    (command) => command.name === name && command.type === type,
  );
  const command = found.find(({ guild_id }) => guild_id !== undefined) ?? found[0];
  if (command !== undefined) return command;
  const known = [...world.commands.values()].map((one) => one.name).join(", ");
  throw new Error(`There is no command "${name}"; there are: ${known === "" ? "none" : known}.`);
}

/** The interaction's `data` for a command with what a person gave; while one types, `focused` names the option. */
export function commandData(
  world: World,
  typed: string,
  given: Readonly<Record<string, OptionValue>>,
  where: { channelId: string; userId: string; focused?: string },
): object {
  const { command, subcommands, options } = findCommand(world, typed);
  for (const name of Object.keys(given)) {
    if (!options.some((option) => option.name === name))
      throw new Error(`"${typed}" has no option "${name}".`);
  }
  const resolved = new Resolved(world, where.userId);
  const values = options.flatMap((option) => {
    const value = given[option.name];
    if (value === undefined) {
      if (option.required === true && where.focused === undefined) {
        throw new Error(`"${typed}" needs its option "${option.name}".`);
      }
      return [];
    }
    const isFocused = option.name === where.focused;
    const taken = isFocused ? value : resolved.take(option, value, where.channelId);
    return [{ name: option.name, type: option.type, value: taken, ...(isFocused ? { focused: true } : {}) }];
  });
  const nested = subcommands.reduceRight<object[]>(
    (inner, subcommand) => [{ name: subcommand.name, type: subcommand.type, options: inner }],
    values,
  );
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    options: nested,
    ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
    ...resolved.field(),
  };
}

/** Collects the people, roles, channels and files that an interaction speaks of. */
export class Resolved {
  readonly #world: World;
  readonly #viewerId: string;
  readonly #found: Record<string, Record<string, object>> = {};

  constructor(world: World, viewerId: string) {
    this.#world = world;
    this.#viewerId = viewerId;
  }

  /** `resolved` for the interaction's data, or nothing when there is nothing. */
  field(): { resolved?: object } {
    return Object.keys(this.#found).length === 0 ? {} : { resolved: this.#found };
  }

  /** Checks a value against its option and gives what is sent for it. */
  take(option: CommandOption, value: OptionValue, channelId: string): string | number | boolean {
    if (typeof value === "object") {
      return "data" in value ? this.#file(value, channelId) : this.entity(value.id);
    }
    const expected = VALUE_TYPES[option.type];
    if (expected === "id" && typeof value === "string") return this.entity(value);
    const fits = typeof value === expected && fitsOption(option, value);
    if (!fits) throw new Error(`The option "${option.name}" does not take ${JSON.stringify(value)}.`);
    return value;
  }

  /** Notes a user, role or channel by id, and gives the id. */
  entity(id: string): string {
    const world = this.#world;
    const role = world.roles.get(id);
    const channel = world.channels.get(id);
    if (world.users.has(id)) {
      this.#note("users", id, userPayload(world, id));
      if (world.members.has(id)) {
        const { user: _user, deaf: _deaf, mute: _mute, ...member } = memberPayload(world, id);
        this.#note("members", id, { ...member, permissions: String(permissionsOf(world, id)) });
      }
    } else if (role !== undefined) this.#note("roles", id, role);
    else if (channel !== undefined) {
      const permissions = String(permissionsOf(world, this.#viewerId, channel));
      this.#note("channels", id, { ...channelPayload(world, channel), permissions });
    } else throw new Error(`Nobody and nothing has the id ${id}.`);
    return id;
  }

  message(message: APIMessage): void {
    this.#note("messages", message.id, message);
  }

  #file(file: PersonFile, channelId: string): string {
    const attachment = storeAttachment(this.#world, channelId, uploadOf(file));
    this.#note("attachments", attachment.id, { ...attachment, ephemeral: true });
    return attachment.id;
  }

  #note(kind: string, id: string, payload: object): void {
    this.#found[kind] = { ...this.#found[kind], [id]: payload };
  }
}

function isSubcommand({ type }: CommandOption): boolean {
  return (
    type === ApplicationCommandOptionType.Subcommand || type === ApplicationCommandOptionType.SubcommandGroup
  );
}

const VALUE_TYPES: Partial<Record<ApplicationCommandOptionType, "string" | "number" | "boolean" | "id">> = {
  [ApplicationCommandOptionType.String]: "string",
  [ApplicationCommandOptionType.Integer]: "number",
  [ApplicationCommandOptionType.Number]: "number",
  [ApplicationCommandOptionType.Boolean]: "boolean",
  [ApplicationCommandOptionType.User]: "id",
  [ApplicationCommandOptionType.Role]: "id",
  [ApplicationCommandOptionType.Channel]: "id",
  [ApplicationCommandOptionType.Mentionable]: "id",
};

/** What a Discord client lets a person enter: a listed choice, and numbers and texts within their bounds. */
function fitsOption(option: CommandOption, value: string | number | boolean): boolean {
  const { choices } = option;
  if (choices && choices.length > 0 && !choices.some((choice) => choice.value === value)) return false;
  if (option.type === ApplicationCommandOptionType.Integer && !Number.isInteger(value)) return false;
  if (typeof value === "number") {
    return value >= (option.min_value ?? -Infinity) && value <= (option.max_value ?? Infinity);
  }
  if (typeof value === "string") {
    return value.length >= (option.min_length ?? 0) && value.length <= (option.max_length ?? 6000);
  }
  return true;
}
