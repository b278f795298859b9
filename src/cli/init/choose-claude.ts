import type { ConfiguredProject } from "../../config/config.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { PermissionMode } from "../../core/projects/project.ts";
import { bypassRefusal } from "../bypass-as-root.ts";
import type { Asker } from "./asker.ts";
import type { InitOptions } from "./init-options.ts";
import type { Talk } from "./talk.ts";

/** How Claude works in a project. */
export interface ClaudeSettings {
  /** Undefined: what the CLI chooses. */
  readonly model: string | undefined;
  readonly permissionMode: PermissionMode;
  readonly allowedTools: readonly string[];
}

/** Settles on model and permission mode. `kept`: the project as it is configured; `userId`: whose process it will be. */
export async function chooseClaude(
  options: InitOptions,
  {
    kept,
    userId,
    claudeEnv,
  }: {
    kept: ConfiguredProject | undefined;
    userId: number | undefined;
    claudeEnv: Readonly<Record<string, string>>;
  },
  asker: Asker,
  talk: Talk,
): Promise<ClaudeSettings> {
  const refusal = bypassRefusal(userId, claudeEnv);
  if (options.permissionMode === "bypassPermissions" && refusal !== undefined) {
    throw new CoordError("usage", refusal);
  }
  if (asker.asks) talk.part("How Claude works here");
  const model = await chooseModel(options, kept, asker);
  if (asker.asks && options.permissionMode === undefined) {
    talk.say("Reading and searching in the folder needs no permission. For the rest:");
    if (refusal !== undefined) talk.say(`(bypassPermissions is not offered. ${refusal})`);
  }
  const permissionMode = await asker.answer<PermissionMode>({
    given: options.permissionMode,
    flag: "--permission-mode",
    recommended: kept?.permissionMode ?? "default",
    ask: (prompts) =>
      prompts.choose(
        "What may Claude do without asking?",
        MODES.filter(({ value }) => value !== "bypassPermissions" || refusal === undefined),
        kept?.permissionMode,
      ),
  });
  const isUnset = kept === undefined || kept.allowedTools.length === 0;
  const usual = permissionMode === "bypassPermissions" ? ALL_TOOLS : READING;
  const needsTools = kept === undefined || permissionMode === "bypassPermissions";
  return {
    model: model === CLI_CHOOSES ? undefined : model,
    permissionMode,
    allowedTools: options.allowedTools ?? (isUnset && needsTools ? usual : (kept?.allowedTools ?? [])),
  };
}

/** The word for no model of its own. */
const CLI_CHOOSES = "default";
const READING = ["Read", "Glob", "Grep"];
/** Under bypassPermissions, the list is all that there is. */
const ALL_TOOLS = ["Bash", "Read", "Write", "Edit", "Glob", "Grep", "WebFetch", "WebSearch"];

const MODES: readonly { value: PermissionMode; name: string; description: string }[] = [
  {
    value: "default",
    name: "It asks in Discord, with buttons (recommended)",
    description:
      "default: each command and each change of a file is shown, and somebody allows or denies it.",
  },
  {
    value: "acceptEdits",
    name: "Change files in the folder; it asks about the rest",
    description: "acceptEdits: files are changed unasked, commands are asked about.",
  },
  {
    value: "plan",
    name: "Nothing: it only reads and makes plans",
    description: "plan: it looks around and proposes; a button lets it go on.",
  },
  {
    value: "bypassPermissions",
    name: "Everything, unasked",
    description: "bypassPermissions: whoever may talk to it may have any command run on this machine.",
  },
];

async function chooseModel(
  options: InitOptions,
  kept: ConfiguredProject | undefined,
  asker: Asker,
): Promise<string> {
  if (options.model !== undefined && modelProblem(options.model) !== undefined) {
    throw new CoordError("usage", `--model "${options.model}": ${modelProblem(options.model)}.`);
  }
  const answer = await asker.answer({
    given: options.model,
    flag: "--model",
    recommended: kept?.model ?? CLI_CHOOSES,
    ask: (prompts) => {
      const known = [CLI_CHOOSES, "sonnet", "opus", "haiku"];
      const own = kept?.model !== undefined && !known.includes(kept.model) ? [kept.model] : [];
      return prompts.choose(
        "Which model?",
        [
          { value: CLI_CHOOSES, name: "What Claude Code chooses (recommended)" },
          ...[...known.slice(1), ...own].map((value) => ({ value, name: value })),
          { value: OTHER, name: "another one…" },
        ],
        kept?.model,
      );
    },
  });
  return answer === OTHER ? asker.prompts.text("The model's full name:", { check: modelProblem }) : answer;
}

const OTHER = "other…";

function modelProblem(model: string): string | undefined {
  return /^[A-Za-z0-9][\w.:/@[\]-]*$/.test(model)
    ? undefined
    : "expected sonnet, opus, haiku, a model's full name, or default for what Claude Code chooses";
}
