/** A value as systemd reads it literally: no specifier, no variable, one word. Throws for a line break. */
export function quoteWord(value: string): string {
  if (/[\r\n\0]/.test(value))
    throw new RangeError(`a unit cannot hold a line break: ${JSON.stringify(value)}`);
  const literal = value.replaceAll("%", "%%");
  return /^[\w/.:@=+,%-]+$/.test(literal) ? literal : `"${literal.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A command line for ExecStart=, where a dollar sign also has a meaning. */
export function quoteCommand(words: readonly string[]): string {
  return words.map((word) => quoteWord(word).replaceAll("$", "$$$$")).join(" ");
}
