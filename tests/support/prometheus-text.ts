/** A sample of a metric in Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

/**
 * Reads the text as strictly as `promtool check metrics`: help and type before samples, no series twice, counters named
 * `_total`, histogram buckets that add up. Throws what is wrong.
 */
export function parsePrometheusText(text: string): Sample[] {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  for (const line of text.split("\n").filter(Boolean)) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "HELP") helped.add(name);
    else if (kind === "TYPE") types.set(name, rest);
    else {
      const sample = parseSample(line);
      const family = types.has(sample.name) ? sample.name : sample.name.replace(/_(bucket|sum|count)$/, "");
      const type = types.get(family);
      if (type === undefined || !helped.has(family)) throw new Error(`no HELP and TYPE before: ${line}`);
      if (type === "counter" && !family.endsWith("_total"))
        throw new Error(`a counter not named _total: ${line}`);
      const series = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(series)) throw new Error(`twice: ${line}`);
      seen.add(series);
      samples.push(sample);
    }
  }
  for (const [family, type] of types) if (type === "histogram") checkHistogram(family, samples);
  return samples;
}

function parseSample(line: string): Sample {
  const [, name = "", written = "", value = ""] = SAMPLE.exec(line) ?? [];
  if (name === "") throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  let read = 0;
  for (const match of written.matchAll(LABEL)) {
    labels[match[1] ?? ""] = match[2] ?? "";
    read += match[0].length;
  }
  if (read !== written.length) throw new Error(`bad labels: ${line}`);
  const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value);
  if (Number.isNaN(number) && value !== "Nan" && value !== "NaN") throw new Error(`no number: ${line}`);
  return { name, labels, value: number };
}

function checkHistogram(family: string, samples: readonly Sample[]): void {
  const buckets = samples.filter(({ name }) => name === `${family}_bucket`);
  const count = samples.find(({ name }) => name === `${family}_count`)?.value;
  const groups = Map.groupBy(buckets, ({ labels }) => JSON.stringify({ ...labels, le: "" }));
  for (const group of groups.values()) {
    const values = group.map(({ value }) => value);
    if (values.some((value, index) => value < (values[index - 1] ?? 0))) throw new Error(`${family} falls`);
    if (group.at(-1)?.labels.le !== "+Inf" || (groups.size === 1 && values.at(-1) !== count)) {
      throw new Error(`${family}: its last bucket is not all of it`);
    }
  }
}
