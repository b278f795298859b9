import type { Person } from "../discord/people/person.ts";
import { mayView } from "../discord/permissions.ts";
import type { LoopbackDiscord } from "../discord/server.ts";

/** What the page shows around the messages: who is there, which channels, which commands. */
export function pageState({ world, bot }: LoopbackDiscord, person: Person): object {
  return {
    guild: world.guildName,
    me: person.id,
    bot: bot.id,
    users: [...world.users.values()].map(({ id, username, global_name, bot: isBot }) => ({
      id,
      name: global_name ?? username,
      bot: isBot ?? false,
    })),
    roles: [...world.roles.values()].map(({ id, name }) => ({ id, name })),
    channels: [...world.channels.values()]
      .filter((channel) => channel.inGuild && mayView(world, person.id, channel))
      .map(({ id, name, type, parentId, thread }) => ({
        id,
        name,
        type,
        parentId,
        isThread: thread !== undefined,
        archived: thread?.archived ?? false,
      })),
    commands: [...world.commands.values()].filter(({ type }) => type === 1),
    /** Those of a message's menu. */
    messageCommands: [...world.commands.values()].filter(({ type }) => type === 3).map(({ name }) => name),
  };
}
