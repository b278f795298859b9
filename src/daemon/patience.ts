/**
 * Whether a condition holds, or has not failed to hold for longer than `patienceMs`. It is looked at only when the
 * returned function is called.
 */
export function createPatience(options: {
  readonly holds: () => boolean;
  readonly patienceMs: number;
  /** Milliseconds from any fixed start, such as `performance.now`. */
  readonly now: () => number;
}): () => boolean {
  let heldAt = options.now();
  return () => {
    if (options.holds()) heldAt = options.now();
    return options.now() - heldAt <= options.patienceMs;
  };
}
