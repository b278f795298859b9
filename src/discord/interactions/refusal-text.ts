import type { Action, Refusal } from "../../core/access/access.ts";

/** What somebody reads, alone, who may not do what they tried. */
export function refusalText(reason: Refusal, action: Action): string {
  switch (reason) {
    case "direct_message":
    case "not_a_member":
    case "other_guild":
      return "This works only in the guild that the project belongs to.";
    case "timed_out":
      return "You are timed out in this guild, so I take nothing from you for now.";
    default:
      return MISSING[action];
  }
}

const MISSING: Readonly<Record<Action, string>> = {
  talk: "You may not talk to Claude here. Somebody who may change the bot's configuration can let you in.",
  approve: "Only members who may talk to Claude here answer its questions.",
  manage: "This needs the Manage Server permission, or a place among the bot's admins.",
  admin: "This needs the Administrator permission, or a place among the bot's admins.",
};
