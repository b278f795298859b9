/** Waits until `condition` gives something true, and gives that. Rejects with `describe` after `timeoutMs`. */
export type Until = <T>(
  condition: () => T | Promise<T>,
  options?: { timeoutMs?: number; describe?: string },
) => Promise<NonNullable<T>>;

/** An `until` that looks at every change and each 20 ms, and ends with `signal`. */
export function createUntil(
  onChange: (listener: () => void) => () => void,
  signal: AbortSignal,
  explain: () => string,
): Until {
  return async (condition, { timeoutMs = 5000, describe = "the condition" } = {}) => {
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      const value = await condition();
      if (value) return value;
      if (signal.aborted) throw new Error(`The loopback Discord stopped while waiting for ${describe}.`);
      if (performance.now() > deadlineMs) {
        throw new Error(`Waited ${timeoutMs} ms in vain for ${describe}.\n${explain()}`);
      }
      await changeOrPause(onChange, signal);
    }
  };
}

function changeOrPause(onChange: (listener: () => void) => () => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, 20);
    const stopListening = onChange(finish);
    signal.addEventListener("abort", finish, { once: true });
  });
}
