/** What a new changelog says that the old one does not: its new lines, under their headings. */
export function news(before: string, after: string): string[] {
  const known = new Set(before.split("\n"));
  const lines: string[] = [];
  let headings: string[] = [];
  for (const line of after.split("\n")) {
    const level = /^(#+) /.exec(line)?.[1]?.length;
    if (level !== undefined) {
      headings = [...headings.filter((each) => (/^#+/.exec(each)?.[0].length ?? 0) < level), line];
      continue;
    }
    if (line.trim() === "" || known.has(line)) continue;
    // The file's own title says nothing new.
    lines.push(...headings.filter((each) => !each.startsWith("# ") && !lines.includes(each)), line);
  }
  return lines;
}
