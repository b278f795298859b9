import type { Turn } from "./turn.ts";

/** What the config's `restart` says about turns whose tool may have done half of its work. */
export type RestartPolicy = "ask" | "continue";

/** A turn during which the daemon died this often is not given a further one to kill. */
const MOST_CRASHES = 2;

/**
 * What becomes of a turn that ran when the daemon died: it goes on in its session, a person is asked first, since a
 * command that was cut short would run again, or it is given up.
 */
export function afterCrash(
  turn: Pick<Turn, "crashes" | "openTool">,
  policy: RestartPolicy,
): "continue" | "ask" | "give_up" {
  if (turn.crashes >= MOST_CRASHES) return "give_up";
  return turn.openTool !== undefined && policy === "ask" ? "ask" : "continue";
}

/** Tools that only look; running one twice changes nothing. Every other, also one we never heard of, may write. */
const READ_ONLY_TOOLS: ReadonlySet<string> = new Set([
  "Read",
  "Glob",
  "Grep",
  "LS",
  "NotebookRead",
  "WebFetch",
  "WebSearch",
  "TodoWrite",
  "TodoRead",
  "AskUserQuestion",
  "EnterPlanMode",
  "ExitPlanMode",
  "Skill",
  "ToolSearch",
]);

export function mayWrite(toolName: string): boolean {
  return !READ_ONLY_TOOLS.has(toolName);
}
