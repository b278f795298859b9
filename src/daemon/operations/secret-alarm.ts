import type { Events } from "../../core/operations/events.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { SecretPlace } from "../../core/secrets/secret-watch.ts";
import type { Turn } from "../../core/turns/turn.ts";
import type { Report } from "../logging/report.ts";

/** A secret of ours was kept from people; returns the id under which the log has it. */
export type SecretAlarm = (
  place: SecretPlace,
  about: { readonly turn?: Turn; readonly channelId?: Snowflake; readonly request?: string },
) => string;

export function createSecretAlarm({
  report,
  events,
}: {
  readonly report: Report;
  readonly events: Pick<Events, "emit">;
}): SecretAlarm {
  return (place, { turn, ...about }) => {
    const what = `a secret of the bot was withheld: it was in ${PLACES[place]}`;
    const errorId =
      turn === undefined ? report.failure(what, undefined, about) : report.ofTurn(what, undefined, turn);
    const channelId = turn?.channelId ?? about.channelId ?? channelIn(about.request);
    events.emit({ type: "secret_withheld", place, errorId, turn, channelId });
    return errorId;
  };
}

const PLACES: Readonly<Record<SecretPlace, string>> = {
  answer: "an answer",
  tool: "what Claude used a tool with",
  question: "what people were to be asked about",
  file: "a file for people",
  message: "a message",
};

function channelIn(request: string | undefined): Snowflake | undefined {
  return /\/channels\/(\d+)/.exec(request ?? "")?.[1];
}
