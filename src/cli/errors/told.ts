import type { FailureCode } from "../../core/turns/turn.ts";
import { interactionFailedText } from "../../discord/interactions/failure-text.ts";
import { failureText } from "../../discord/reply/failure-text.ts";
import { localTime } from "../local-time.ts";
import type { KnownError } from "./known-error.ts";

/** What the person was told in Discord, as text; undefined for a failure that nobody was told of. */
export function told({ id, turn, report }: KnownError): string | undefined {
  if (turn?.failureCode !== undefined) {
    const { failureCode, resetsAtMs, endedAtMs, acceptedAtMs } = turn;
    const code = failureCode as FailureCode;
    return plain(failureText({ code, errorId: id, resetsAtMs, nowMs: endedAtMs ?? acceptedAtMs }));
  }
  return report?.fields.interaction_id === undefined ? undefined : plain(interactionFailedText(id));
}

/** Discord shows times in each reader's own zone, small print and bold type; a terminal has the time of its machine. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/<t:(\d+):R>/g, "")
    .replaceAll(/<t:(\d+):\w>/g, (_, seconds) => localTime(Number(seconds) * 1000))
    .replaceAll(/^-# |\*\*|, (?=\.)/gm, "");
}
