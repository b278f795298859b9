import { z } from "zod";
import { accessRule, snowflake, text } from "./written-values.ts";

const name = text("a name of 1 to 100 characters on one line").regex(/^(?=\S)[^\p{Cc}]{0,99}\S$/u, {
  error: "a name of 1 to 100 characters on one line",
});

const dollars = z
  .number({ error: "an amount of US dollars, such as 2.50" })
  .positive({ error: "an amount of US dollars, such as 2.50" })
  .optional();

const settings = {
  channel_id: snowflake
    .describe("The Discord channel, in quotes. Discord: Developer Mode on, then Copy Channel ID.")
    .meta({ examples: ["123456789012345678"] }),
  project_dir: text("an absolute path")
    .describe("The folder that Claude works in: an absolute path; `~` is the home folder.")
    .meta({ examples: ["/opt/projects/my-project"] }),
  allowed_tools: z
    .array(text("the name of a tool, such as `Read` or `Bash(git *)`"), {
      error: "a list of tools, such as [Read, Grep]",
    })
    .default([])
    .describe(
      "Tools that run without asking, by name or rule (`Bash(git *)`). Under `bypassPermissions`: the only tools there are.",
    )
    .meta({ examples: [["Read", "Glob", "Grep", "Bash(git status)"]] }),
  model: text("a model's alias or name, such as `sonnet`")
    .optional()
    .describe("`sonnet`, `opus`, `haiku` or a model's full name. Nothing: what the CLI chooses.")
    .meta({ examples: ["sonnet"] }),
  system_prompt: z
    .string({ error: "text" })
    .optional()
    .describe("Added to Claude's own instructions.")
    .meta({ examples: ["You are helping with my-project."] }),
  permission_mode: z
    .enum(["default", "acceptEdits", "plan", "bypassPermissions"])
    .default("default")
    .describe(
      "`default` asks in the channel about every tool that is not allowed; `bypassPermissions` never asks.",
    ),
  mention: z
    .enum(["required", "optional"])
    .default("required")
    .describe("Whether a message must mention the bot to be meant for it."),
  threads: z
    .enum(["isolate", "worktree", "share"])
    .default("isolate")
    .describe(
      "A thread under the channel: `isolate` has a session of its own; `worktree` also a git worktree and branch of its own, in which Claude works; `share` uses the channel's session and waits in its queue.",
    ),
  access: accessRule
    .optional()
    .describe("Who may talk to Claude here, in place of the general `access`.")
    .meta({ examples: ["everyone"] }),
  budget: z
    .strictObject({
      per_turn_usd: dollars
        .describe(
          "A turn that has cost as much is stopped. What it did so far stays, and it can be told to go on.",
        )
        .meta({ examples: [2] }),
      per_day_usd: dollars
        .describe(
          "Once the turns of a day (of the host's time zone) have cost as much, what is asked waits for the next day, or for an administrator's button.",
        )
        .meta({ examples: [20] }),
    })
    .optional()
    .describe("What the project may cost, by Claude Code's own estimate from list prices. Nothing: no limit.")
    .meta({ examples: [{ per_turn_usd: 2, per_day_usd: 20 }] }),
  host: text("the name of a host")
    .optional()
    .describe("The host that the project lives on, when it is not this one.")
    .meta({ examples: ["builder"] }),
};

/** A project in the written list: the channel, the folder and how Claude works there. */
export const projectSchema = z.strictObject({
  name: name
    .describe("What the project is called in commands and messages.")
    .meta({ examples: ["my-project"] }),
  ...settings,
});

/** A project in the written map, where its key is the name unless it has its own. */
const namedProjectSchema = z.strictObject({
  name: name.optional().describe("What the project is called, when that is not its key."),
  ...settings,
});

/** Both written forms of `projects`: a list of entries with `name`, and a map from name to entry. */
export const projectListSchema = z
  .union([z.array(projectSchema), z.record(z.string(), namedProjectSchema)], {
    error: "a list of projects, each with name, channel_id and project_dir",
  })
  .default([])
  .describe("The channels that the bot serves: one project each.");

/** The same for a file that has problems: what is missing or wrong has been left out. */
export const lenientProjectListSchema = z
  .union([z.array(projectSchema.partial()), z.record(z.string(), namedProjectSchema.partial())])
  .default([]);

/** A project as a person writes it in the list. */
export type WrittenProject = z.input<typeof projectSchema>;

/** A project once it is valid, with defaults filled in. */
export type ValidProject = z.output<typeof projectSchema>;

/** The valid part of a project. */
export type LenientProject = { readonly [Key in keyof ValidProject]?: ValidProject[Key] | undefined };
