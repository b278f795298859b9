/** US dollars: cents, or more digits where cents would say nothing. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** How long, in its two largest units: `8s`, `3m 12s`, `2h 5m`, `4d 1h`. */
export function lengthOfTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
    ["s", 1],
  ] as const;
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first === -1) return "0s";
  let rest = seconds;
  const parts = units.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { count, text: `${count}${unit}` };
  });
  return parts
    .filter(({ count }) => count > 0)
    .map(({ text }) => text)
    .join(" ");
}

export function ago(ms: number, nowMs: number): string {
  return nowMs - ms < 1000 ? "now" : `${lengthOfTime(nowMs - ms).split(" ")[0]} ago`;
}
