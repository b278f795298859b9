import type { Project } from "../../core/projects/project.ts";

/** Soon enough after `project add`: who adds a project speaks there a moment later. */
const INTERVAL_MS = 1_000;

/** Notices that the config has other projects than before. Returns what stops it. */
export function watchProjects({
  projects,
  changed,
  log,
}: {
  readonly projects: () => readonly Project[];
  readonly changed: () => Promise<void>;
  readonly log: { error(message: string, fields?: object): void };
}): () => void {
  const channels = () =>
    projects()
      .map(({ channelId }) => channelId)
      .join();
  let known = channels();
  const look = () => {
    const now = channels();
    if (now === known) return;
    known = now;
    changed().catch((error: unknown) => log.error("new projects could not be looked at", { error }));
  };
  const timer = setInterval(look, INTERVAL_MS);
  return () => clearInterval(timer);
}
