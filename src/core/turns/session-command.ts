import type { SessionCommand } from "../agents/agent.ts";
import type { Turn } from "./turn.ts";

const COMMANDS: readonly SessionCommand[] = ["/compact", "/context", "/usage"];

/**
 * The command of the CLI that a turn stands for. Only a slash command makes such a turn: what people write is a
 * message, and stays text whatever it begins with.
 */
export function sessionCommandOf(turn: Pick<Turn, "messageId" | "prompt">): SessionCommand | undefined {
  return turn.messageId === undefined ? COMMANDS.find((command) => command === turn.prompt) : undefined;
}

/** What stands for an answer where the CLI does its command and says nothing. */
export function silentAnswer(turn: Pick<Turn, "messageId" | "prompt">): string {
  return sessionCommandOf(turn) === "/compact"
    ? "The session is compacted: a summary stands for what was said before."
    : "";
}
