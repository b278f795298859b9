import { z } from "zod";
import { LITTLE_BYTES } from "../core/operations/disk.ts";
import { lenientProjectListSchema, projectListSchema } from "./project-schema.ts";
import {
  accessRule,
  duration,
  memberList,
  snowflake,
  text,
  timer,
  toggle,
  wholeNumber,
} from "./written-values.ts";

const discord = z
  .strictObject({
    token: text("the bot's token")
      .optional()
      .describe(
        "The bot's token. `DISCORD_TOKEN` or a systemd credential named `discord-token` go before it.",
      )
      .meta({ examples: ["paste the bot's token here"] }),
    token_file: text("the path of a file that holds the token")
      .optional()
      .describe("A file (mode 0600) with the token alone, in place of `token`.")
      .meta({ examples: ["~/.claude-coordinator/discord-token"] }),
    guild_id: snowflake
      .optional()
      .describe(
        "The only guild (server) that the bot serves. Without it: every guild that has one of the projects' channels.",
      )
      .meta({ examples: ["345678901234567890"] }),
    api_url: text("an http or https address")
      .regex(/^https?:\/\/[^\s/]+/, { error: "an http or https address" })
      .default("https://discord.com/api")
      .describe("Where Discord's API is: its own address, or a REST proxy."),
  })
  .prefault({})
  .describe("How the bot reaches Discord.");

const claude = z
  .strictObject({
    command: text("the name or path of the claude command")
      .default("claude")
      .describe("The Claude Code CLI: a name on PATH, or a path."),
    env: z
      .record(z.string(), z.string({ error: "text; put numbers, true and false in quotes" }))
      .default({})
      .describe("Variables added to the environment of Claude, which is otherwise built from nothing.")
      .meta({ examples: [{ HTTPS_PROXY: "http://127.0.0.1:3128" }] }),
    config_dir: text("an absolute path")
      .optional()
      .describe("Claude Code's own folder (`CLAUDE_CONFIG_DIR`), when it is not `~/.claude`.")
      .meta({ examples: ["/srv/claude-config"] }),
    idle_timeout: timer("30m").describe("An agent that nobody used for so long is ended; its session stays."),
    max_agents: z
      .union([z.literal("auto"), wholeNumber(1, 1000)], {
        error: "`auto` or a whole number from 1 to 1000",
      })
      .default("auto")
      .describe("Agents kept running at a time, about 200 MB each. `auto`: what the memory allows."),
    stall_timeout: timer("10m").describe(
      "A running turn from which nothing came for so long is reported, then interrupted.",
    ),
    start_timeout: timer("60s").describe("How long an agent may take to start."),
    kill_grace: timer("5s").describe("Between asking an agent to end and killing it."),
    warm_on_typing: toggle(true).describe("Start the agent when a person who may use it starts typing."),
  })
  .prefault({})
  .describe("The Claude Code CLI and its processes.");

const replies = z
  .strictObject({
    stream: toggle(true).describe("Show the answer while it is written, by editing the message."),
    footer: toggle(true).describe("A small last line with model, time and cost."),
    tools: z
      .enum(["off", "brief", "full"])
      .default("brief")
      .describe("How much is shown of what Claude does with its tools."),
    max_messages: wholeNumber(1, 100)
      .default(8)
      .describe("An answer that needs more messages than this comes as a file."),
    acknowledge: toggle(true).describe(
      "React to each message: 👀 taken, ⏳ waiting (with how many are before it), ✅ answered, ⚠️ failed, 🛑 stopped.",
    ),
  })
  .prefault({})
  .describe("How answers look.");

const limit = (value: number) => wholeNumber(0, 100_000).default(value);

/** Everything that can be configured, as written in config.yaml: the one source of validation, example and docs. */
export const configSchema = z.strictObject({
  discord,
  projects: projectListSchema,
  access: accessRule
    .optional()
    .describe(
      "Who may talk to Claude, by id: `users`, `roles`, or `access: everyone`. Nothing: only members with Manage Server.",
    ),
  limits: z
    .strictObject({
      member_per_minute: limit(300).describe(
        "So many messages, commands and button presses of one member that begin something are taken in a minute.",
      ),
      project_per_minute: limit(1000).describe("The same for all that is asked in one project."),
      bot_per_minute: limit(5).describe(
        "The same for each bot that `access` lists: it stops bots that answer each other.",
      ),
      bot_per_hour: limit(30).describe("The same by the hour, for bots that answer each other slowly."),
      waiting: limit(200).describe("So many messages may wait in one channel or thread."),
    })
    .prefault({})
    .describe("How much is taken before people are told to slow down. 0: no such limit."),
  admins: memberList
    .prefault({})
    .describe("Who may also approve, manage and add projects, besides members with Manage Server."),
  claude,
  replies,
  attachments: z
    .strictObject({
      max_bytes: wholeNumber(1, 500_000_000)
        .default(25_000_000)
        .describe("A larger file is not fetched; Claude is told so."),
      max_files: wholeNumber(0, 100)
        .default(10)
        .describe("At most so many files of a message are fetched. 0: none."),
    })
    .prefault({})
    .describe("Files that people attach to their messages."),
  approvals: z
    .strictObject({
      timeout: timer("10m").describe("A permission prompt that nobody answers is denied after this time."),
    })
    .prefault({})
    .describe("The buttons that ask before Claude uses a tool."),
  catch_up: z
    .strictObject({
      max_age: duration("12h").describe(
        "Messages written while the bot was away are answered unless older than this.",
      ),
      max_messages: wholeNumber(0, 1000).default(100).describe("At most so many of them in a channel."),
    })
    .prefault({})
    .describe("What happens to messages that came while the bot was away."),
  edits: z
    .enum(["ignore", "rerun"])
    .default("ignore")
    .describe(
      "A message edited after it was answered: `ignore` the edit, or `rerun` it in its new form. One that still waits always runs as edited.",
    ),
  restart: z
    .enum(["ask", "continue"])
    .default("ask")
    .describe(
      "A turn cut short while a tool that writes was running: `ask` in the channel first, or `continue` by itself.",
    ),
  shutdown: z
    .strictObject({
      grace: timer("30s").describe("Running turns get so long to end when the service is stopped."),
    })
    .prefault({})
    .describe("How the service stops."),
  redact: z
    .enum(["all", "own"])
    .default("all")
    .describe(
      "What is hidden of secrets in Discord: `all` that looks like a token, a key or a password in an address, or only the bot's `own`, which never pass. Logs hide all either way.",
    ),
  logging: z
    .strictObject({
      level: z
        .enum(["error", "warn", "info", "debug"])
        .default("info")
        .describe("The least important entries that are logged. `LOG_LEVEL` goes before it."),
      messages: toggle(false).describe(
        "Also log what people and Claude write. Off, logs hold ids and sizes only.",
      ),
    })
    .prefault({})
    .describe("The journal and `logs/bot.log`."),
  health: z
    .strictObject({
      listen: text("an address and port such as `127.0.0.1:9090`")
        .regex(
          /^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
          {
            error: "an address and port such as `127.0.0.1:9090`",
          },
        )
        .optional()
        .describe(
          "Address and port of the status page, `/healthz`, `/readyz` and `/metrics`, such as `127.0.0.1:9090`. Read at the start; nothing: none is served.",
        )
        .meta({ examples: ["127.0.0.1:9090"] }),
      token: z
        .string({ error: "at least 16 characters without spaces" })
        .regex(/^[\x21-\x7e]{16,}$/, { error: "at least 16 characters without spaces" })
        .optional()
        .describe(
          "What must be shown to look at the page and the metrics: as a Bearer token, or as the password that a browser asks for. Needed when `listen` is not on loopback. To make one: `openssl rand -hex 24`.",
        )
        .meta({ examples: ["paste-what-openssl-printed-here"] }),
    })
    .prefault({})
    .describe("Status page, health checks and metrics."),
  alerts: z
    .strictObject({
      channel_id: snowflake
        .optional()
        .describe(
          "The channel in which the bot tells its administrators what needs them. Nothing: it is only logged.",
        )
        .meta({ examples: ["456789012345678901"] }),
      disk_min_bytes: wholeNumber(0, 2 ** 50)
        .default(LITTLE_BYTES)
        .describe("With less than this free, the disk counts as nearly full; over with a quarter more."),
    })
    .prefault({})
    .describe("What administrators are told in Discord, once when it begins and once when it is over."),
  ledger: z
    .strictObject({
      keep: duration("90d").describe(
        "Turns that ended longer ago than this are forgotten, with their files.",
      ),
      text: z
        .enum(["keep", "drop"])
        .default("keep")
        .describe(
          "Questions and answers in the record: `keep` them as long as their turn, or `drop` them once the answer is delivered. Claude Code keeps its own transcripts either way.",
        ),
    })
    .prefault({})
    .describe("The record of turns in sessions.db."),
  projects_root: text("an absolute path")
    .default("/opt/projects")
    .describe("Where `/add-project` and `claude-coord project add` clone to."),
  setup_channel: snowflake
    .optional()
    .describe(
      "A Discord channel in which administrators add a project by posting the address of its repository. Nothing: none.",
    )
    .meta({ examples: ["456789012345678901"] }),
});

/** For checking the rest of a file that has problems, once what is wrong has been left out. */
export const lenientConfigSchema = configSchema.extend({ projects: lenientProjectListSchema });

/** config.yaml as a person may write it: sections and keys with a default may be left out. */
export type WrittenConfig = z.input<typeof configSchema>;

/** config.yaml once it is valid, with defaults filled in. */
export type ValidConfig = z.output<typeof configSchema>;

/** The valid part of a config.yaml. */
export type LenientConfig = z.output<typeof lenientConfigSchema>;
