/** Why a clone came to nothing, in a sentence for the person who asked; `said` is git's stderr in English. */
export function cloneFailure(said: string): string {
  for (const [pattern, sentence] of REASONS) if (pattern.test(said)) return sentence;
  const fatal = [...said.matchAll(/^(?:fatal|error|ERROR): (.+)$/gm)].at(-1)?.[1];
  return fatal === undefined
    ? "git could not clone it."
    : `git could not clone it: ${withoutLogin(fatal).slice(0, 300)}`;
}

/** The text without what may be a login in an address. */
export function withoutLogin(text: string): string {
  return text.replace(/\/\/[^\s/@]*@/g, "//");
}

const LOGIN =
  "There is no such repository, or it can't be read without a login. For a private one, give the bot's user on its " +
  "host a key or a git credential.";

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/no space left on device/i, "The disk of the bot's host is full."],
  [/disk quota exceeded/i, "The disk quota of the bot's user is used up."],
  [
    /could not resolve (host|hostname|proxy)/i,
    "There is no host of that name, or the bot's host has no DNS.",
  ],
  [
    /host key verification failed/i,
    "ssh does not know that host yet. Log in to it once as the bot's user, on the bot's host, and try again.",
  ],
  [
    /permission denied \(publickey/i,
    "That host takes no key of the bot's user. Add the user's public key there as a deploy key, and try again.",
  ],
  [/could not read (username|password)|authentication failed|access denied/i, LOGIN],
  [/repository .*not found|does not appear to be a git repository|returned error: 40[134]/i, LOGIN],
  [/certificate|ssl|tls|gnutls/i, "The host's certificate can't be trusted, or its TLS does not work."],
  [
    /connection (refused|timed out|reset)|couldn't connect|failed to connect|network is unreachable|no route to host/i,
    "That host can't be reached from the bot's host.",
  ],
  [
    /operation too slow|transfer closed|early eof|hung up unexpectedly|rpc failed/i,
    "The connection broke off.",
  ],
  [/transport '.*' not allowed/i, "Only https and ssh are cloned."],
];
