/** Discord shows a typing indicator for ten seconds. */
const REFRESH_MS = 8_000;

/** Keeps "is typing" alive until the returned function is called. A refused indicator is not worth a word. */
export function keepTyping(type: () => Promise<void>): () => void {
  const refresh = () => {
    type().catch(() => {});
  };
  refresh();
  const timer = setInterval(refresh, REFRESH_MS);
  return () => clearInterval(timer);
}
