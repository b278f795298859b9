import { DiscordAPIError, type REST, Routes } from "discord.js";
import type { Snowflake } from "../../core/projects/project.ts";

/** Whether a channel or thread was deleted. One that the bot may not see is not; rejects when that can't be known. */
export async function channelIsGone(rest: REST, channelId: Snowflake): Promise<boolean> {
  try {
    await rest.get(Routes.channel(channelId));
    return false;
  } catch (error) {
    if (!(error instanceof DiscordAPIError)) throw error;
    if (error.status === 404) return true;
    if (error.status === 403) return false;
    throw error;
  }
}
