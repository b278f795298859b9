import type { APIInteraction, InteractionType } from "discord-api-types/v10";
import { startInteraction } from "../interactions.ts";
import { channelOf, messageOf } from "../lookups.ts";
import type { Until } from "../until.ts";
import type { World } from "../world.ts";
import type { MessageRef, Ref } from "./acting.ts";
import { createPersonInteraction, type PersonInteraction } from "./person-interaction.ts";

/** What somebody sends whose client keeps to no rules. */
export interface ForgedInteraction {
  readonly type: InteractionType;
  readonly data: object;
  /** The message that its component or form would belong to. */
  readonly source?: MessageRef;
  /** Changes what the bot is told, as if Discord itself were fooled. */
  readonly altered?: (told: APIInteraction) => APIInteraction;
}

/** Interactions that Discord's own client would not offer: Discord may still pass them on. */
export interface Forging {
  forges(channel: Ref, forged: ForgedInteraction): Promise<PersonInteraction>;
}

/** What the user with this id can send by hand. */
export function createForging(world: World, until: Until, userId: string): Forging {
  return {
    forges: async (channelRef, { type, data, source, altered }) => {
      const channel = channelOf(world, typeof channelRef === "string" ? channelRef : channelRef.id);
      const message = source && messageOf(world, source.channel_id, source.id, userId);
      const interaction = startInteraction(world, {
        type,
        userId,
        channelId: channel.id,
        data,
        ...(message === undefined ? {} : { source: message }),
        ...(altered === undefined ? {} : { altered }),
      });
      return createPersonInteraction(world, until, interaction);
    },
  };
}
