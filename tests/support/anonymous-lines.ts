/**
 * The lines with what belongs to one run or one machine replaced by stable placeholders: directories, ids, pids and
 * the time of day. The same id becomes the same placeholder throughout.
 */
export function anonymousLines(
  rawLines: readonly string[],
  places: { readonly home: string; readonly projectDir: string },
): string[] {
  const numbers = new Map<string, number>();
  const numberOf = (id: string, family: string) => {
    const key = `${family} ${id}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const next = [...numbers.keys()].filter((each) => each.startsWith(`${family} `)).length + 1;
    numbers.set(key, next);
    return next;
  };
  const dashed = (path: string) => path.replaceAll(/[/.]/g, "-");
  return rawLines.map((line) =>
    line
      .replaceAll(places.projectDir, "/home/person/project")
      .replaceAll(places.home, "/home/person")
      .replaceAll(dashed(places.projectDir), "-home-person-project")
      .replaceAll(UUID, (id) => `00000000-0000-4000-8000-${String(numberOf(id, "uuid")).padStart(12, "0")}`)
      .replaceAll(/\b(msg|toolu|req)_[0-9a-z]{8,}/g, (id, family) => `${family}_${numberOf(id, family)}`)
      .replaceAll(/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, "2026-01-01T00:00:00.000Z")
      .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:4242")
      .replaceAll(/"pid":\d+/g, '"pid":4242')
      .replaceAll(/\/tmp\/cc-socks\/[\w.-]+/g, "/tmp/cc-socks/4242.sock"),
  );
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
