import {
  type APIApplicationCommand,
  ApplicationCommandType,
  RESTJSONErrorCodes,
} from "discord-api-types/v10";
import { ApiError, type ErrorTree, invalidForm, refusal } from "../api-error.ts";
import { type CommandBody, commandBody } from "../command-body.ts";
import type { World } from "../world.ts";
import { parseAs } from "./parse.ts";
import { type AddRoute, created, type RestCall } from "./router.ts";

/** Application commands, global and of the guild. */
export function addCommandRoutes(world: World, add: AddRoute): void {
  addScope(world, add, "/applications/:applicationId/commands");
  addScope(world, add, "/applications/:applicationId/guilds/:guildId/commands");
}

function addScope(world: World, add: AddRoute, base: string): void {
  const guildOf = ({ param }: RestCall) => {
    if (param("applicationId") !== world.botId) throw refusal("unknownApplication");
    const guildId = param("guildId");
    if (guildId !== "" && guildId !== world.guildId) throw refusal("missingAccess");
    return guildId === "" ? undefined : guildId;
  };
  const inScope = (guildId: string | undefined) =>
    [...world.commands.values()].filter((command) => command.guild_id === guildId);
  const find = (call: RestCall) => {
    const command = world.commands.get(call.param("commandId"));
    if (command === undefined || command.guild_id !== guildOf(call)) throw refusal("unknownCommand");
    return command;
  };
  const keep = (
    guildId: string | undefined,
    body: CommandBody,
    present: APIApplicationCommand | undefined,
  ) => {
    const command = stored(world, guildId, body, present?.id);
    world.commands.set(command.id, command);
    return command;
  };

  add("GET", base, (call) => inScope(guildOf(call)));
  add("POST", base, (call) => {
    const guildId = guildOf(call);
    const body = parseAs(commandBody.of(call.body), call.body);
    const present = inScope(guildId).find(({ name, type }) => name === body.name && type === body.type);
    if (present === undefined) requireRoom(inScope(guildId).length + 1);
    const command = keep(guildId, body, present);
    return present === undefined ? created(command) : command;
  });
  add("PUT", base, (call) => {
    const guildId = guildOf(call);
    const bodies = parseList(call.body);
    const before = inScope(guildId);
    requireRoom(bodies.filter(({ type }) => type === ApplicationCommandType.ChatInput).length);
    for (const command of before) world.commands.delete(command.id);
    return bodies.map((body) =>
      keep(
        guildId,
        body,
        before.find(({ name, type }) => name === body.name && type === body.type),
      ),
    );
  });
  add("GET", `${base}/:commandId`, (call) => find(call));
  add("PATCH", `${base}/:commandId`, (call) => {
    const present = find(call);
    const change = typeof call.body === "object" && call.body !== null ? call.body : {};
    const merged = { ...present, ...change, type: present.type };
    return keep(guildOf(call), parseAs(commandBody.of(merged), merged), present);
  });
  add("DELETE", `${base}/:commandId`, (call) => {
    world.commands.delete(find(call).id);
  });
}

function stored(
  world: World,
  guildId: string | undefined,
  body: CommandBody,
  presentId: string | undefined,
): APIApplicationCommand {
  const contexts = body.contexts ?? (body.dm_permission === false ? [0] : null);
  const command = {
    ...body,
    id: presentId ?? world.nextId(),
    application_id: world.botId,
    version: world.nextId(),
    default_member_permissions: body.default_member_permissions ?? null,
    nsfw: body.nsfw ?? false,
    integration_types: body.integration_types ?? [0],
    contexts,
    ...(guildId === undefined ? { dm_permission: body.dm_permission ?? true } : { guild_id: guildId }),
  };
  return command as unknown as APIApplicationCommand;
}

/** A list whose problems are told under each command's index, as Discord does; names must differ. */
function parseList(body: unknown): CommandBody[] {
  if (!Array.isArray(body)) {
    throw invalidForm([{ path: [], code: "BASE_TYPE_BAD_TYPE", message: "Expected a list of commands" }]);
  }
  const errors: ErrorTree = {};
  const commands = body.flatMap((one: unknown, index): CommandBody[] => {
    try {
      return [parseAs(commandBody.of(one), one)];
    } catch (error) {
      if (!(error instanceof ApiError) || error.errors === undefined) throw error;
      errors[index] = error.errors;
      return [];
    }
  });
  if (Object.keys(errors).length > 0) {
    throw new ApiError(400, RESTJSONErrorCodes.InvalidFormBodyOrContentType, "Invalid Form Body", errors);
  }
  const keys = commands.map(({ name, type }) => `${type} ${name}`);
  const repeated = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (repeated !== -1) {
    const message = "Application command names must be unique";
    throw invalidForm([{ path: [repeated], code: "APPLICATION_COMMANDS_DUPLICATE_NAME", message }]);
  }
  return commands;
}

function requireRoom(count: number): void {
  if (count <= COMMAND_LIMIT) return;
  throw new ApiError(
    400,
    RESTJSONErrorCodes.MaximumNumberOfApplicationCommandsReached,
    "Maximum number of application commands reached (100)",
  );
}

const COMMAND_LIMIT = 100;
