/** The lines of two texts, each with `  `, `- ` or `+ ` in front. For texts of a few hundred lines. */
export function diffLines(before: string, after: string): string[] {
  const old = before.split("\n");
  const now = after.split("\n");
  const common = commonLengths(old, now);
  const length = (i: number, j: number) => common[i]?.[j] ?? 0;
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(`  ${old[i]}`);
      i += 1;
      j += 1;
    } else if (j === now.length || (i < old.length && length(i + 1, j) >= length(i, j + 1))) {
      lines.push(`- ${old[i]}`);
      i += 1;
    } else {
      lines.push(`+ ${now[j]}`);
      j += 1;
    }
  }
  return lines;
}

/** Only the changed lines and `context` lines around them, with `…` for what is left out. */
export function changedLines(lines: readonly string[], context = 2): string[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some((line) => !line.startsWith("  "));
  return lines.flatMap((line, index) => {
    if (isNear(index)) return [line];
    return index === 0 || isNear(index - 1) ? ["…"] : [];
  });
}

/** At [i][j]: how many lines the rest of both texts have in common, in order. */
function commonLengths(old: readonly string[], now: readonly string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] ?? [];
    const next = lengths[i + 1] ?? [];
    for (let j = now.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === now[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
