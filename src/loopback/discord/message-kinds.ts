import { MessageType } from "discord-api-types/v10";

/** Whether somebody says something by a message of this type; the others are how Discord tells of what happened. */
export function isSaid(type: MessageType): boolean {
  return SAID.has(type);
}

const SAID: ReadonlySet<MessageType> = new Set([
  MessageType.Default,
  MessageType.Reply,
  MessageType.ChatInputCommand,
  MessageType.ContextMenuCommand,
]);
