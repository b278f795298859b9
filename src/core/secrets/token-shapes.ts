import type { TextRange } from "./own-secrets.ts";

/** A kind of secret that can be known by how it looks. */
export interface TokenShape {
  /** As people call it: `GitHub token`. */
  readonly name: string;
  /** Global; its group `secret` ends the match and must not be seen, what stands before it says what kind it was. */
  readonly pattern: RegExp;
  /** At the end of a text: one that has begun and may go on. */
  readonly open: RegExp;
  /** Looks closer where a pattern can't. */
  readonly isReal?: (secret: string) => boolean;
}

/** A secret by its looks; the range is what must not be seen. */
export interface FoundToken extends TextRange {
  readonly name: string;
}

/*
 * A pattern begins where its first sign can't be the middle of a match, and what repeats in it is bounded or of one
 * class of signs, so that no text makes it slow. And none lets through what a shell reads as more than a word: what
 * is hidden in a command that people judge can't be a further command.
 */
const URLSAFE = "[A-Za-z0-9_-]";
const WORD_START = "(?<![A-Za-z0-9_-])";

/** `opens`: how much of it may stand at the end of a text before it is taken for a beginning. */
function token(
  kind: string,
  secret: string,
  { before = WORD_START, flags = "", opens = 1 }: { before?: string; flags?: string; opens?: number } = {},
): Pick<TokenShape, "pattern" | "open"> {
  return {
    pattern: new RegExp(`${before}${kind}(?<secret>${secret})`, `g${flags}`),
    open: new RegExp(`${before}${kind}[A-Za-z0-9._~%!+=,/-]{${opens},}$`, flags),
  };
}

/** A key's lines, in a file or in the string of a program; the last one may be short. */
const KEY_LINE = "[A-Za-z0-9+/=]";
const KEY_BREAK = "(?:\\\\[nr]|\\\\(?![nr])|[\\s\"'>])";
const KEY_HEADS = `(?:(?:Proc-Type|DEK-Info|Version|Comment|Hash): [A-Za-z0-9 .,()-]{1,80}${KEY_BREAK}{1,9})`;
const KEY_BEGIN = "-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----";

/** Up to the password of `https://user:password@host`. */
const LOGIN_START = "(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://[A-Za-z0-9._~%+-]{0,64}:";

export const TOKEN_SHAPES: readonly TokenShape[] = [
  {
    name: "Discord bot token",
    pattern: new RegExp(
      `(?<![A-Za-z0-9_.-])(?<secret>${URLSAFE}{22,28}\\.${URLSAFE}{6,7}\\.${URLSAFE}{27,45})(?![A-Za-z0-9_-])`,
      "g",
    ),
    open: /(?<![A-Za-z0-9_.-])(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){2}[A-Za-z0-9_.-]*$/,
    // Its first part is the bot's id in Base64: so are the eight signs above, of six digits.
    isReal: (secret) => /^\d{16,20}$/.test(Buffer.from(secret.split(".", 1)[0] ?? "", "base64").toString()),
  },
  {
    name: "Discord webhook",
    ...token("discord(?:app)?\\.com/api/(?:v\\d{1,2}/)?webhooks/\\d{16,20}/", `${URLSAFE}{60,80}`, {
      before: "",
    }),
  },
  { name: "Anthropic key", ...token("sk-ant-[a-z]{2,8}\\d{2}-", `${URLSAFE}{24,200}`) },
  { name: "OpenAI key", ...token("sk-(?:proj|svcacct|admin)-", `${URLSAFE}{32,200}`) },
  { name: "OpenAI key", ...token("sk-", `[A-Za-z0-9]{32,64}(?!${URLSAFE})`) },
  { name: "GitHub token", ...token("gh[pousr]_", "[A-Za-z0-9]{36,255}") },
  { name: "GitHub token", ...token("github_pat_", "[A-Za-z0-9_]{36,255}") },
  { name: "GitLab token", ...token("gl(?:pat|dt|rt|ptt|cbt|soat)-", `${URLSAFE}{20,64}`) },
  { name: "AWS access key", ...token("A(?:KIA|SIA)", "[A-Z0-9]{16}(?![A-Za-z0-9])") },
  {
    name: "AWS secret key",
    ...token(
      "aws_?secret_?(?:access_?)?key\\\\?[\"']?\\s{0,4}[=:]\\s{0,4}\\\\?[\"']?",
      "[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
      { before: "", flags: "i" },
    ),
  },
  { name: "Slack token", ...token("xox[abceoprs]-", "[A-Za-z0-9-]{16,255}") },
  { name: "Slack token", ...token("xapp-\\d-", "[A-Za-z0-9-]{20,255}") },
  {
    name: "Slack webhook",
    ...token("hooks\\.slack\\.com/(?:services|workflows)/", "[A-Za-z0-9/]{20,120}", { before: "" }),
  },
  { name: "Google key", ...token("AIza", `${URLSAFE}{35}`) },
  { name: "Google token", ...token("ya29\\.", "[A-Za-z0-9_.-]{30,400}") },
  { name: "Stripe key", ...token("(?:sk|rk)_live_", "[A-Za-z0-9]{20,120}") },
  { name: "npm token", ...token("npm_", "[A-Za-z0-9]{36}") },
  { name: "PyPI token", ...token("pypi-AgE", `${URLSAFE}{50,400}`) },
  { name: "Telegram token", ...token("\\d{8,10}:AA", `${URLSAFE}{33}(?!${URLSAFE})`) },
  {
    name: "JSON web token",
    ...token("eyJ", `${URLSAFE}{10,}\\.eyJ${URLSAFE}{10,}\\.${URLSAFE}{16,}`),
  },
  {
    name: "bearer token",
    ...token("bearer\\s{1,4}", "[A-Za-z0-9._~+/-]{24,2000}={0,2}", { flags: "i", opens: 8 }),
  },
  {
    name: "password in an address",
    pattern: new RegExp(`${LOGIN_START}(?<secret>[A-Za-z0-9._~%!+=,-]{8,128})(?=@[A-Za-z0-9[])`, "g"),
    open: new RegExp(`${LOGIN_START}[A-Za-z0-9._~%!+=,-]{8,128}@?$`),
    isReal: (secret) => !/^(?:my|your|db)?_?(?:password|passphrase|changeme|username)\d{0,4}$/i.test(secret),
  },
  {
    name: "private key",
    pattern: new RegExp(
      `${KEY_BEGIN}${KEY_BREAK}{0,9}${KEY_HEADS}{0,4}(?<secret>${KEY_LINE}{16,}(?:${KEY_BREAK}+${KEY_LINE}{16,})*(?:${KEY_BREAK}+${KEY_LINE}{1,15}(?=${KEY_BREAK}*-----END))?)`,
      "g",
    ),
    open: new RegExp(`${KEY_BEGIN}(?:(?!-----END)[\\s\\S])*$`),
  },
];

/** Those in a text, in order, without what only stands for a secret in an example. Takes time in proportion to it. */
export function findTokens(text: string): readonly FoundToken[] {
  return TOKEN_SHAPES.flatMap(({ name, pattern, isReal }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const secret = match.groups?.secret ?? "";
      if (isPlaceholder(secret) || isReal?.(secret) === false) return [];
      const end = match.index + match[0].length;
      return [{ name, start: end - secret.length, end }];
    }),
  ).toSorted((a, b) => a.start - b.start);
}

/** Where the end of a text may be the beginning of one; the text's length when it is not. */
export function openTokenAt(text: string): number {
  // None but a key has a space in it, and what says of which kind it is stands close before.
  const word = lastWordAt(text);
  if (text.length - word > LONGEST_WORD) return word;
  const near = Math.max(0, word - LONGEST_KIND);
  const key = Math.max(0, text.lastIndexOf("-----BEGIN "));
  const starts = TOKEN_SHAPES.map(({ name, open }) => {
    const from = name === "private key" ? key : near;
    const at = text.slice(from).search(open);
    return at < 0 ? text.length : from + at;
  });
  return Math.min(text.length, ...starts);
}

const LONGEST_KIND = 64;
/** What goes on for so long without a space is data, which nobody reads while it comes. */
const LONGEST_WORD = 4_096;

function lastWordAt(text: string): number {
  let at = text.length;
  while (at > 0 && !/\s/.test(text.charAt(at - 1))) at -= 1;
  return at;
}

function isPlaceholder(secret: string): boolean {
  return (
    /example|placeholder|redacted|your[_-]|x{5}|0{8}|12345678|abcdefgh/i.test(secret) ||
    new Set(secret).size < 4
  );
}
