import type { AccessRule } from "../core/projects/project.ts";
import type { ClaudeCredential, Config, ConfiguredProject, LogLevel } from "./config.ts";
import { durationToMs } from "./duration.ts";
import { listenAddress } from "./listen-address.ts";
import { type Environment, expandHome } from "./paths.ts";
import type { ValidProject } from "./project-schema.ts";
import type { ValidConfig } from "./schema.ts";

/** Brings a valid configuration into the one form that the program uses. */
export function normalise({
  written,
  token,
  logLevel,
  credential,
  env,
}: {
  written: ValidConfig;
  token: string;
  logLevel: LogLevel;
  credential: ClaudeCredential | undefined;
  env: Environment;
}): Config {
  const { discord, claude, replies, catch_up, limits } = written;
  return {
    discord: { token, guildId: discord.guild_id, apiUrl: discord.api_url.replace(/\/+$/, "") },
    access: accessRule(written.access) ?? { users: [], roles: [], everyone: false },
    limits: {
      memberPerMinute: limits.member_per_minute,
      projectPerMinute: limits.project_per_minute,
      botPerMinute: limits.bot_per_minute,
      botPerHour: limits.bot_per_hour,
      waiting: limits.waiting,
    },
    admins: written.admins,
    claude: {
      command: expandHome(claude.command, env),
      env: claude.env,
      configDir: claude.config_dir === undefined ? undefined : expandHome(claude.config_dir, env),
      credential,
      idleTimeoutMs: durationToMs(claude.idle_timeout),
      maxAgents: claude.max_agents,
      stallTimeoutMs: durationToMs(claude.stall_timeout),
      startTimeoutMs: durationToMs(claude.start_timeout),
      killGraceMs: durationToMs(claude.kill_grace),
      warmOnTyping: claude.warm_on_typing,
    },
    replies: {
      stream: replies.stream,
      footer: replies.footer,
      tools: replies.tools,
      maxMessages: replies.max_messages,
      acknowledge: replies.acknowledge,
    },
    attachments: { maxBytes: written.attachments.max_bytes, maxFiles: written.attachments.max_files },
    approvals: { timeoutMs: durationToMs(written.approvals.timeout) },
    catchUp: { maxAgeMs: durationToMs(catch_up.max_age), maxMessages: catch_up.max_messages },
    edits: written.edits,
    restart: written.restart,
    shutdown: { graceMs: durationToMs(written.shutdown.grace) },
    redact: written.redact,
    logging: { level: logLevel, messages: written.logging.messages },
    health: {
      listen: written.health.listen === undefined ? undefined : listenAddress(written.health.listen),
      token: written.health.token,
    },
    alerts: { channelId: written.alerts.channel_id, diskMinBytes: written.alerts.disk_min_bytes },
    ledger: { keepMs: durationToMs(written.ledger.keep), text: written.ledger.text },
    projectsRoot: expandHome(written.projects_root, env),
    setupChannelId: written.setup_channel,
    projects: projectList(written.projects).map((project) => normaliseProject(project, env)),
  };
}

/** Both written forms as one list; in the map, an entry's key is its name unless it has its own. */
function projectList(written: ValidConfig["projects"]): ValidProject[] {
  if (Array.isArray(written)) return written;
  return Object.entries(written).map(([key, { name = key, ...settings }]) => ({ name, ...settings }));
}

function normaliseProject(project: ValidProject, env: Environment): ConfiguredProject {
  return {
    name: project.name,
    channelId: project.channel_id,
    projectDir: expandHome(project.project_dir, env),
    allowedTools: project.allowed_tools,
    model: project.model,
    systemPrompt: project.system_prompt,
    permissionMode: project.permission_mode,
    mention: project.mention,
    threads: project.threads,
    access: accessRule(project.access),
    budget: project.budget && {
      perTurnUsd: project.budget.per_turn_usd,
      perDayUsd: project.budget.per_day_usd,
    },
    host: project.host,
  };
}

function accessRule(written: ValidConfig["access"]): AccessRule | undefined {
  return written === "everyone" ? { users: [], roles: [], everyone: true } : written;
}
