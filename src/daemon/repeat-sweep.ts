const INTERVAL_MS = 60 * 60_000;

/** Looks every hour for processes that an agent left behind. Returns what stops it. */
export function repeatSweep(
  sweep: () => Promise<readonly unknown[]>,
  log: { warn(message: string, fields?: object): void },
): () => void {
  const timer = setInterval(() => {
    sweep().then(
      (orphans) => {
        if (orphans.length > 0) log.warn("ended what an agent had left behind", { orphans });
      },
      (error: unknown) => log.warn("the sweep for leftovers failed", { error }),
    );
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
