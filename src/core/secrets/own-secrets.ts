/** A part of a text, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Finds secrets that are known, in every form in which a text is likely to carry them. */
export interface OwnSecrets {
  /** Where they stand, in order, without overlaps. */
  find(text: string): readonly TextRange[];
  /** Where the end of a text begins to be the beginning of one of them; the text's length when it does not. */
  openAt(text: string): number;
}

/** Shorter ones would blank out words that are no secret. */
const SHORTEST = 8;
/** From so many letters and digits on, a secret is found with anything between them. */
const ENOUGH_SIGNS = 16;
/** What a streamed text may end with of a secret. Less says nothing: tokens of one kind begin alike. */
const TELLING_SIGNS = 8;

/**
 * Takes time in proportion to the text. What can't be found: a secret in pieces that stand apart, or in a cipher.
 * Signs between its letters and digits (line breaks, Markdown, quotes, escapes) do not hide one.
 */
export function createOwnSecrets(secrets: readonly string[]): OwnSecrets {
  const known = [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST);
  const long = known.filter((secret) => signsOf(secret).length >= ENOUGH_SIGNS);
  const short = known.filter((secret) => !long.includes(secret));
  const needles = [...new Set(long.flatMap(forms).map(signsOf))].filter(
    (needle) => needle.length >= ENOUGH_SIGNS,
  );
  const exact = [...new Set(short.flatMap((secret) => [secret, encodeURIComponent(secret)]))];

  return {
    find: (text) => {
      const inSigns = needles.length === 0 ? [] : occurrences(signsOf(text), needles);
      return merged([...occurrences(text, exact), ...placesInText(text, merged(inSigns))]);
    },
    openAt: (text) => {
      const longest = Math.max(0, ...needles.map((needle) => needle.length));
      // Between two signs of a secret there may be others; so many that it is torn apart are no secret's beginning.
      const from = Math.max(0, text.length - longest * 8);
      const signs = signsOf(text.slice(from));
      const open = Math.max(0, ...needles.map((needle) => overlap(signs, needle, TELLING_SIGNS)));
      const ends = open === 0 ? [] : [{ start: signs.length - open, end: signs.length }];
      const [place] = placesInText(text.slice(from), ends);
      const inShort = Math.max(0, ...exact.map((secret) => overlap(text, secret, SHORTEST / 2)));
      return Math.min(text.length - inShort, place === undefined ? text.length : from + place.start);
    },
  };
}

/** How a secret may be written; what follows its last dot is what makes a bot's token secret. */
function forms(secret: string): string[] {
  const last = secret.slice(secret.lastIndexOf(".") + 1);
  const parts = signsOf(last).length >= ENOUGH_SIGNS + 4 && last !== secret ? [secret, last] : [secret];
  return parts.flatMap((part) => {
    const hex = Buffer.from(part).toString("hex");
    return [
      part,
      encodeURIComponent(part),
      [...part].reverse().join(""),
      hex,
      hex.toUpperCase(),
      ...[0, 1, 2].map((before) => insideBase64(part, before)),
    ];
  });
}

/** What stands in Base64 of any text in which the secret has so many bytes (modulo 3) before it. */
function insideBase64(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  return bytes.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** Escaped line breaks are none of the letters of what they stand in. */
const BETWEEN = /(?:\\[nrt]|[^A-Za-z0-9])+/g;

function signsOf(text: string): string {
  return text.replace(BETWEEN, "");
}

function occurrences(text: string, needles: readonly string[]): TextRange[] {
  return needles.flatMap((needle) => {
    const found: TextRange[] = [];
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      found.push({ start: at, end: at + needle.length });
    }
    return found;
  });
}

/** Ranges of a text's signs, in order and apart, as ranges of the text. */
function placesInText(text: string, ranges: readonly TextRange[]): TextRange[] {
  if (ranges.length === 0) return [];
  const places: TextRange[] = [];
  let signs = 0;
  let start = 0;
  let next = 0;
  const take = (from: number, to: number) => {
    // The signs `signs` up to `signs + to - from` stand at `from` up to `to`.
    for (let range = ranges[next]; range !== undefined; range = ranges[next]) {
      const at = (sign: number) => from + sign - signs;
      if (range.start >= signs && range.start < signs + to - from) start = at(range.start);
      if (range.end > signs + to - from) break;
      places.push({ start, end: at(range.end) });
      next += 1;
    }
    signs += to - from;
  };
  let from = 0;
  for (const { index, 0: between } of text.matchAll(BETWEEN)) {
    take(from, index);
    from = index + between.length;
    if (next === ranges.length) return places;
  }
  take(from, text.length);
  return places;
}

/** With how much of the needle's beginning the text ends, short of the whole; 0 for less than `least`. */
function overlap(text: string, needle: string, least: number): number {
  for (let length = Math.min(text.length, needle.length - 1); length >= least; length -= 1) {
    if (text.endsWith(needle.slice(0, length))) return length;
  }
  return 0;
}

/** In order, and those that touch as one. */
export function merged(ranges: readonly TextRange[]): TextRange[] {
  const result: TextRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && range.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else result.push(range);
  }
  return result;
}
