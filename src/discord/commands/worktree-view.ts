import type { UnsavedWork, Worktree } from "../../core/projects/worktree.ts";
import { button, row } from "../channel/components.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { cut, inCode } from "../reply/tool-line.ts";

/** What stands before the colon of the custom_id of its buttons: `worktree:remove:<thread>` and `worktree:keep:…`. */
export const WORKTREE_BUTTONS = "worktree";

/** Asks what becomes of the working copy of a thread that is gone; `work` undefined: it could not be looked at. */
export function worktreeOffer(tree: Worktree, work: UnsavedWork | undefined): OutgoingMessage {
  return {
    content: [
      `**A thread was deleted that has a working copy of ${inCode(tree.projectName)}. Remove it?**`,
      ...facts(tree),
      ...(work === undefined ? ["Whether anything in it is unsaved could not be seen."] : unsavedLines(work)),
    ].join("\n"),
    components: [row(remove(tree), button(`${WORKTREE_BUTTONS}:keep:${tree.threadId}`, "Keep"))],
  };
}

/** It was not removed, since work would be lost. */
export function worktreeStays(tree: Worktree, work: UnsavedWork): OutgoingMessage {
  return {
    content: [
      "**Not removed: work would be lost.** Commit and merge it, or throw it away on the bot's host, and press again.",
      ...facts(tree),
      ...unsavedLines(work),
    ].join("\n"),
    components: [row(remove(tree), button(`${WORKTREE_BUTTONS}:keep:${tree.threadId}`, "Keep"))],
  };
}

export function worktreeKept(tree: Worktree, userId: string): OutgoingMessage {
  return {
    content: [`**Kept** by <@${userId}>: the working copy of a deleted thread.`, ...facts(tree)].join("\n"),
    components: [row(remove(tree))],
  };
}

export function worktreeRemoved({ path, branch }: Worktree, userId: string): OutgoingMessage {
  return {
    content: `The working copy \`${inCode(path)}\` and its branch \`${inCode(branch)}\` are **removed** by <@${userId}>.`,
  };
}

/** What the question before a project's removal says of its threads' working copies. */
export function copiesThatStay(trees: readonly Worktree[]): string[] {
  if (trees.length === 0) return [];
  const [what, them, threads] =
    trees.length === 1
      ? ["working copy of a thread stays, on its branch", "it", "the thread goes"]
      : ["working copies of threads stay, each on its branch", "them", "the threads go"];
  const again = `Add the project again for this channel, and ${threads} on in ${them}.`;
  return [`- ${trees.length} ${what}. ${again}`, ...places(trees)];
}

/** The same once it is removed, with the way to be rid of them. */
export function leftCopies(trees: readonly Worktree[]): string[] {
  const [first] = trees;
  if (first === undefined) return [];
  const what =
    trees.length === 1 ? "1 working copy of a thread" : `${trees.length} working copies of threads`;
  const by = `git -C '${first.projectDir}' worktree remove`;
  return [
    `So ${trees.length === 1 ? "is" : "are"} ${what}; \`${inCode(by)} <folder>\` on the bot's host takes one away:`,
    ...places(trees),
  ];
}

function places(trees: readonly Worktree[]): string[] {
  const lines = trees
    .slice(0, SHOWN)
    .map(({ path, branch }) => `  - \`${cut(inCode(path), 120)}\` (branch \`${cut(inCode(branch), 90)}\`)`);
  return trees.length > SHOWN ? [...lines, `  - and ${trees.length - SHOWN} more`] : lines;
}

function facts({ path, branch }: Worktree): string[] {
  return [`- Folder: \`${inCode(path)}\``, `- Branch: \`${inCode(branch)}\``];
}

function unsavedLines({ uncommitted, unmerged }: UnsavedWork): string[] {
  if (uncommitted.length === 0 && unmerged.length === 0) {
    return ["Everything in it is committed and merged: nothing is lost."];
  }
  return [
    ...list(uncommitted, "not committed", "file", "files"),
    ...list(unmerged, "not merged into what the project has checked out", "commit", "commits"),
  ];
}

function list(entries: readonly string[], what: string, one: string, many: string): string[] {
  if (entries.length === 0) return [];
  const shown = entries.slice(0, SHOWN).map((entry) => `\`${cut(inCode(entry), 80)}\``);
  const more = entries.length > SHOWN ? ` and ${entries.length - SHOWN} more` : "";
  return [`- ${entries.length} ${entries.length === 1 ? one : many} ${what}: ${shown.join(", ")}${more}`];
}

const SHOWN = 5;

function remove({ threadId }: Worktree) {
  return button(`${WORKTREE_BUTTONS}:remove:${threadId}`, "Remove folder and branch", { color: "red" });
}
