import type {
  APIApplicationCommandOptionChoice,
  APIInteraction,
  APIMessageInteractionMetadata,
  APIModalInteractionResponseCallbackData,
} from "discord-api-types/v10";

/** An interaction from the moment a person acts until its token expires. */
export interface StoredInteraction {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly channelId: string;
  readonly createdAtMs: number;
  /** As INTERACTION_CREATE told it. */
  readonly data: APIInteraction;
  /** The component's or modal's message, if it came from one. */
  readonly sourceMessageId: string | undefined;
  /** What the messages that come of it tell about it. */
  readonly metadata: APIMessageInteractionMetadata;
  /** The number of the callback's type once the bot has answered. */
  answeredWith: number | undefined;
  /** What `@original` means. */
  originalMessageId: string | undefined;
  /** True between a deferred reply and its first edit. */
  thinking: boolean;
  modal: APIModalInteractionResponseCallbackData | undefined;
  choices: APIApplicationCommandOptionChoice[] | undefined;
  /** Ids of every message that came of it, oldest first. */
  readonly messageIds: string[];
}
