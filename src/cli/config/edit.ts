import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPaths } from "../../config/paths.ts";
import { formatProblems } from "../../config/problems.ts";
import { checkReplacement, replaceConfig } from "../../config/replace.ts";
import { CoordError, exitCode } from "../../core/operations/errors.ts";
import { ExitError } from "../exit.ts";
import { runInForeground } from "../foreground.ts";
import { withPrivateFolder } from "../private-folder.ts";
import { createPrompts } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import type { ConfigOptions } from "./config-options.ts";
import { readConfigText } from "./read-config-text.ts";

/** Edits a copy of config.yaml, as visudo does, and puts it in place once it is valid or the person insists. */
export async function editConfig(options: ConfigOptions, terminal: Terminal): Promise<void> {
  const { env } = terminal;
  const { config: path } = findPaths({ env, configFlag: options.config });
  const before = readConfigText(path);
  // The token may be in it: the folder is for this user alone.
  await withPrivateFolder(async (folder) => {
    const copy = join(folder, "config.yaml");
    writeFileSync(copy, before, { mode: 0o600 });
    const edited = await untilUsable(copy, before, { path, env, needsToken: false }, terminal);
    if (edited === before) terminal.explain("Nothing was changed.");
    else {
      await replaceConfig(path, before, edited);
      terminal.explain(`Wrote ${path}. A running bot notices by itself; only a new token needs a restart.`);
    }
  });
}

/** The text that is to be written; `before` when the person gives up. */
async function untilUsable(
  copy: string,
  before: string,
  where: { path: string; env: Terminal["env"]; needsToken: false },
  terminal: Terminal,
): Promise<string> {
  for (;;) {
    await openEditor(copy, terminal);
    const edited = readFileSync(copy, "utf8");
    if (edited === before) return before;
    const checked = checkReplacement(where, edited);
    if (checked.ok) return edited;
    terminal.explain(`${formatProblems(checked.problems)}\n`);
    if (!terminal.isInteractive) {
      throw new ExitError(
        exitCode(new CoordError(checked.code, "")),
        "Nothing was changed: the edited file has problems.",
      );
    }
    const wish = await createPrompts(terminal).choose("The edited file has problems. What now?", [
      { value: "edit", name: "edit again" },
      { value: "discard", name: "discard the changes" },
      {
        value: "keep",
        name: "keep it as it is: a running bot goes on with the old one, but can't start again",
      },
    ]);
    if (wish === "discard") return before;
    if (wish === "keep") return edited;
  }
}

async function openEditor(file: string, terminal: Terminal): Promise<void> {
  const { env } = terminal;
  const editor = env.VISUAL || env.EDITOR || "vi";
  // Editors are set with arguments, as in `code --wait`: a shell takes them apart.
  const code = await runInForeground("/bin/sh", ["-c", `${editor} "$1"`, "sh", file], { env }, terminal);
  if (code !== 0) throw new ExitError(1, `Nothing was changed: ${editor} ended with exit code ${code}.`);
}
