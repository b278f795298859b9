import type { ConfiguredProject } from "../../config/config.ts";

/** A project for scripts, with the names that config.yaml has; what is not set is null. */
export function projectJson(project: ConfiguredProject): object {
  return {
    name: project.name,
    channel_id: project.channelId,
    project_dir: project.projectDir,
    allowed_tools: project.allowedTools,
    model: project.model ?? null,
    system_prompt: project.systemPrompt ?? null,
    permission_mode: project.permissionMode,
    mention: project.mention,
    threads: project.threads,
    access: project.access ?? null,
    budget: project.budget
      ? { per_turn_usd: project.budget.perTurnUsd ?? null, per_day_usd: project.budget.perDayUsd ?? null }
      : null,
    host: project.host ?? null,
  };
}
