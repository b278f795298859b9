import type { Flood } from "../../core/access/flood.ts";
import { discordTime } from "../reply/amounts.ts";

/** The reaction to a message that is not run because there were too many. */
export const FLOOD_MARK = "🚦";

/** What somebody reads who asked too much: what happened, and when it can be asked again. */
export function floodText({ reason, limit, per, againAtMs }: Flood, projectName: string): string {
  const again = againAtMs === undefined ? "" : ` Ask again ${discordTime(againAtMs, "R")}.`;
  const most = `more than ${limit} ${limit === 1 ? "message" : "messages"} within ${per === "hour" ? "an hour" : "a minute"}`;
  switch (reason) {
    case "member_rate":
      return `That was ${most} from you, so this was not run, nor is what follows at this pace.${again}`;
    case "project_rate":
      return `**${projectName}** got ${most}, so this was not run.${again}`;
    case "queue_full":
      return `${limit} ${limit === 1 ? "message waits" : "messages wait"} here already, so this was not run. Ask again when fewer do: \`/queue\` shows and cancels them.`;
    case "bot_rate":
      return (
        `That was ${most} from this bot, as when two bots answer each other. I do not answer it until it has been ` +
        "quieter for a while."
      );
  }
}
