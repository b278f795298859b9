import type { DatabaseInspection } from "../../sqlite/inspect-database.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** What a look into the database says. */
export function checkDatabase(found: DatabaseInspection, file: string): Finding {
  switch (found.state) {
    case "missing":
      return ok("database", `${file} is made at the first start`);
    case "damaged":
      return problem(
        "database",
        `${file} is damaged: ${found.why}`,
        "Stop the bot, then: claude-coord restore BACKUP; without one: move the file away, sessions begin anew",
      );
    case "newer":
      return problem(
        "database.schema",
        `${file} was written by a newer claude-coord (schema ${found.found}, this one knows ${found.known})`,
        "npm install -g claude-coord@latest",
      );
    case "older":
      return warning(
        "database.schema",
        `${file} is of an older version (schema ${found.found} of ${found.known}); the next start copies and updates it`,
        "Restart the bot",
      );
    case "current":
      return ok("database", `${file} is whole, schema ${found.found}`);
  }
}
