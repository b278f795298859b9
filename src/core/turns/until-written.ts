/**
 * Repeats a write until the store takes it: a full disk or a locked database may pass. `onTrouble` hears of each
 * failure and says whether waiting can help; if not, this rejects with it. Rejects also when `signal` is aborted.
 */
export function untilWritten<T>(
  write: () => T,
  options: { readonly signal: AbortSignal; readonly onTrouble: (error: unknown) => boolean },
): Promise<T> {
  const { signal, onTrouble } = options;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const settle = () => signal.removeEventListener("abort", onAbort);
    const attempt = (waitMs: number) => {
      try {
        resolve(write());
        settle();
      } catch (error) {
        if (onTrouble(error)) timer = setTimeout(attempt, waitMs, Math.min(waitMs * 2, LONGEST_WAIT_MS));
        else {
          settle();
          reject(error);
        }
      }
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    attempt(FIRST_WAIT_MS);
  });
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
