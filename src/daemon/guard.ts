/** The same listener, whose failure is logged and ends nothing else: an event that fails must not end the daemon. */
export function guarded<A extends unknown[]>(
  what: string,
  listener: (...given: A) => void,
  log: { error(message: string, fields?: object): void },
): (...given: A) => void {
  return (...given) => {
    try {
      listener(...given);
    } catch (error) {
      log.error(`${what} failed`, { error });
    }
  };
}
