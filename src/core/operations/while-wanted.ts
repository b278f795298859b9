/** Work that is done again as long as somebody has wanted it meanwhile. */
export interface WhileWanted {
  /** The work is begun, or, where it runs, done once more after it. */
  want(): void;
  /** Settles when nothing runs. */
  idle(): Promise<void>;
}

/** What `work` throws goes to `onError`; then it rests until it is wanted again. */
export function whileWanted(work: () => Promise<void>, onError: (error: unknown) => void): WhileWanted {
  let wanted = false;
  let running: Promise<void> | undefined;
  const run = async () => {
    try {
      while (wanted) {
        wanted = false;
        await work();
      }
    } catch (error) {
      onError(error);
    } finally {
      // In the very moment in which nothing is wanted: after one `await` more, a wish that came between is forgotten.
      running = undefined;
    }
  };
  return {
    want: () => {
      wanted = true;
      running ??= run();
    },
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
}
