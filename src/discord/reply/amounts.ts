/** A span of time as people say it: `12 s`, `3 min 5 s`, `1 h 2 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? pair(minutes, "min", seconds % 60, "s") : pair(hours, "h", minutes % 60, "min");
}

/** US dollars to the cent; undefined for nothing. */
export function dollars(usd: number): string | undefined {
  if (usd <= 0) return undefined;
  return usd < 0.01 ? "under $0.01" : `$${usd.toFixed(2)}`;
}

/** A moment as each reader's own clock and language have it: Discord's marker. */
export function discordTime(ms: number, style: "t" | "f" | "R"): string {
  return `<t:${Math.ceil(ms / 1000)}:${style}>`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
