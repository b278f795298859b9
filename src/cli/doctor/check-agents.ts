import { type Finding, ok, warning } from "./finding.ts";

/** How many agents may run at once, as configured and as this machine's memory allows (about 200 MB each). */
export function checkAgents(configured: number | "auto", fitting: number): Finding {
  if (configured === "auto") return ok("agents", `${fitting} at once, which is what the free memory allows`);
  const message = `${configured} at once, as claude.max_agents says`;
  if (configured <= fitting) return ok("agents", message);
  const fix = `Set claude.max_agents to ${fitting} or to auto, or give the machine more memory.`;
  return warning("agents", `${message}, but the free memory allows ${fitting} of about 200 MB each`, fix);
}
