import { DiscordAPIError, HTTPError } from "discord.js";

/** Discord's refusals, the network's codes such as ECONNREFUSED, and an answer that did not come in time. */
export function isFromOutside(error: unknown): error is Error {
  return (
    error instanceof DiscordAPIError ||
    error instanceof HTTPError ||
    (error instanceof Error && ("code" in error || error.name === "AbortError"))
  );
}
