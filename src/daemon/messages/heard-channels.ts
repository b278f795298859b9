import type { Config } from "../../config/config.ts";
import type { Snowflake } from "../../core/projects/project.ts";

/** A channel in which messages are listened to. */
export interface HeardChannel {
  readonly channelId: Snowflake;
  /** Whether also in the threads under it. */
  readonly withThreads: boolean;
}

/** The channels of projects, and the set-up channel. */
export function heardChannels({
  projects,
  setupChannelId,
}: Pick<Config, "projects" | "setupChannelId">): readonly HeardChannel[] {
  const ofProjects = projects.map(({ channelId }) => ({ channelId, withThreads: true }));
  if (setupChannelId === undefined) return ofProjects;
  return [...ofProjects, { channelId: setupChannelId, withThreads: false }];
}

/** Whether it is listened to what is said in a channel, or in a thread under `parentId`. */
export function isHeardIn(
  channels: readonly HeardChannel[],
  conversationId: Snowflake,
  parentId: Snowflake | undefined,
): boolean {
  return channels.some(
    ({ channelId, withThreads }) => channelId === conversationId || (withThreads && channelId === parentId),
  );
}
