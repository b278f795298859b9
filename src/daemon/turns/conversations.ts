import type { Snowflake } from "../../core/projects/project.ts";
import { type Conversation, createConversation } from "../../core/turns/conversation.ts";
import type { ConversationDeps } from "../../core/turns/conversation-deps.ts";

/** The conversations that were spoken in since the start, made when they are first needed. */
export interface Conversations {
  of(conversationId: Snowflake): Conversation;
  idle(): Promise<void>;
  /** Closes all at once, also those that are spoken in later, each as Conversation.close says. */
  close(force: AbortSignal): Promise<void>;
}

export function createConversations(deps: ConversationDeps): Conversations {
  const open = new Map<Snowflake, Conversation>();
  let closing: AbortSignal | undefined;
  return {
    of: (conversationId) => {
      const known = open.get(conversationId);
      if (known !== undefined) return known;
      const conversation = createConversation(conversationId, deps);
      open.set(conversationId, conversation);
      // A message that is accepted while the daemon stops is for the next start, like those that wait elsewhere.
      if (closing !== undefined) void conversation.close(closing);
      return conversation;
    },
    idle: async () => {
      await Promise.all([...open.values()].map((conversation) => conversation.idle()));
    },
    close: async (force) => {
      closing = force;
      await Promise.all([...open.values()].map((conversation) => conversation.close(force)));
    },
  };
}
