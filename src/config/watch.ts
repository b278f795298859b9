import { type FSWatcher, readFileSync, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import { checkConfig, type LoadedConfig, type LoadOptions } from "./load.ts";
import type { Problem } from "./problems.ts";

/** What became of config.yaml: a configuration to use from now on, or why the last one stays. */
export type ConfigChange =
  | ({ readonly type: "changed" } & LoadedConfig)
  | { readonly type: "refused"; readonly problems: readonly Problem[] };

/** An editor may take several steps to save a file; the file is read when it has been quiet for so long. */
const QUIET_MS = 100;

/**
 * Watches config.yaml, also when it is replaced by another file, and tells of each new content once. Returns what
 * stops it; nothing is told after that. `loadedText`: what the daemon runs with, when that was read earlier.
 */
export function watchConfig(
  options: LoadOptions,
  onChange: (change: ConfigChange) => void,
  { loadedText, pollIntervalMs = 1000 }: { loadedText?: string; pollIntervalMs?: number } = {},
): { stop(): void } {
  let seen = "";
  let told = contentOf(options.path);
  // Changed between loading and now.
  if (loadedText !== undefined && !told.endsWith(` ${loadedText}`)) told = "";
  let quiet: NodeJS.Timeout | undefined;

  const look = () => {
    const stamp = stampOf(options.path);
    if (stamp === seen) return;
    seen = stamp;
    clearTimeout(quiet);
    quiet = setTimeout(read, QUIET_MS);
  };

  const read = () => {
    // Changed again while we waited: wait for quiet once more.
    if (stampOf(options.path) !== seen) return look();
    const content = contentOf(options.path);
    if (content === told) return;
    told = content;
    const checked = checkConfig(options);
    onChange(checked.ok ? { ...checked, type: "changed" } : { type: "refused", problems: checked.problems });
  };

  // Events are quick where they work; the poll also sees network folders, bind mounts and links.
  const events = watchFolder(dirname(options.path), look);
  const poll = setInterval(look, pollIntervalMs);
  look();
  return {
    stop() {
      events?.close();
      clearInterval(poll);
      clearTimeout(quiet);
    },
  };
}

function watchFolder(folder: string, look: () => void): FSWatcher | undefined {
  try {
    const events = watch(folder, look);
    // The folder may go, or the machine may have no watches left: the poll goes on.
    events.on("error", () => events.close());
    return events;
  } catch {
    return undefined;
  }
}

/** ctime changes with content, mode and owner, and when the file is another one. */
function stampOf(path: string): string {
  try {
    const { ino, size, ctimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${ctimeNs}`;
  } catch {
    return "missing";
  }
}

/** Text and mode: whether others can read the file is part of what is checked. */
function contentOf(path: string): string {
  try {
    return `${statSync(path).mode} ${readFileSync(path, "utf8")}`;
  } catch (error) {
    return String(error);
  }
}
