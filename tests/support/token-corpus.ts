import { createHash } from "node:crypto";

/** A made-up secret of each kind that is known by its looks; the same at every run, and nobody's. */
export interface MadeUpToken {
  readonly name: string;
  /** As it stands in a text. */
  readonly text: string;
  /** What of it must not be seen. */
  readonly secret: string;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

/** Signs that look random and follow from the seed. */
export function madeUp(seed: string, length: number, alphabet = LETTERS + DIGITS): string {
  let signs = "";
  for (let block = 0; signs.length < length; block += 1) {
    const bytes = createHash("sha256").update(`${seed} ${block}`).digest();
    signs += [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("");
  }
  return signs.slice(0, length);
}

const whole = (name: string, secret: string): MadeUpToken => ({ name, text: secret, secret });
const after = (name: string, before: string, secret: string, behind = ""): MadeUpToken => ({
  name,
  text: `${before}${secret}${behind}`,
  secret,
});

/** Every kind, made up from the seed. */
export function tokenCorpus(seed: string): MadeUpToken[] {
  const make = (length: number, alphabet?: string) => {
    count += 1;
    return madeUp(`${seed} ${count}`, length, alphabet);
  };
  let count = 0;
  const url = `${LETTERS}${DIGITS}-_`;
  const botId = `1${make(18, DIGITS)}`;
  const base64 = `${LETTERS}${DIGITS}+/`;
  const key = Array.from({ length: 8 }, () => make(64, base64)).join("\n");
  const claims = Buffer.from(JSON.stringify({ sub: make(10), exp: 1_900_000_000 })).toString("base64url");
  return [
    whole(
      "Discord bot token",
      `${Buffer.from(botId).toString("base64").replaceAll("=", "")}.G${make(5, url)}.${make(38, url)}`,
    ),
    after("Discord webhook", `https://discord.com/api/webhooks/${botId}/`, make(68, url)),
    after("Anthropic key", "sk-ant-api03-", `${make(93, url)}AA`),
    after("Anthropic key", "sk-ant-oat01-", `${make(93, url)}AA`),
    after("OpenAI key", "sk-proj-", make(120, url)),
    after("OpenAI key", "sk-", make(48)),
    after("GitHub token", "ghp_", make(36)),
    after("GitHub token", "gho_", make(36)),
    after("GitHub token", "ghs_", make(36)),
    after("GitHub token", "github_pat_", `${make(22)}_${make(59)}`),
    after("GitLab token", "glpat-", make(20, url)),
    after("AWS access key", "AKIA", make(16, LETTERS.slice(0, 26) + DIGITS)),
    after("AWS secret key", 'aws_secret_access_key = "', make(40, base64), '"'),
    after("AWS secret key", "AWS_SECRET_ACCESS_KEY=", make(40, base64)),
    after("Slack token", "xoxb-", `${make(12, DIGITS)}-${make(13, DIGITS)}-${make(24)}`),
    after("Slack token", "xapp-1-", `A${make(10)}-${make(13, DIGITS)}-${make(64)}`),
    after("Slack webhook", "https://hooks.slack.com/services/", `T${make(8)}/B${make(8)}/${make(24)}`),
    after("Google key", "AIza", make(35, url)),
    after("Google token", "ya29.", make(120, url)),
    after("Stripe key", "sk_live_", make(24)),
    after("npm token", "npm_", make(36)),
    after("PyPI token", "pypi-AgE", make(160, url)),
    after("Telegram token", `${`1${make(9, DIGITS)}`}:AA`, make(33, url)),
    after(
      "JSON web token",
      "eyJ",
      `${Buffer.from('{"alg":"RS256","typ":"JWT"}').toString("base64url").slice(3)}.${claims}.${make(86, url)}`,
    ),
    after("bearer token", "Authorization: Bearer ", make(40)),
    after("password in an address", "postgres://app:", `${make(20)}`, "@db.internal:5432/app"),
    after("password in an address", "https://ci:", `${make(24)}%21`, "@git.internal/web.git"),
    after("private key", "-----BEGIN PRIVATE KEY-----\n", key, "\n-----END PRIVATE KEY-----"),
    after(
      "private key",
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,8F1B2C3D\n\n",
      `${key}\n${make(20, base64)}==`,
      "\n-----END RSA PRIVATE KEY-----",
    ),
    after(
      "private key",
      "-----BEGIN OPENSSH PRIVATE KEY-----\\n",
      `${key.replaceAll("\n", "\\n")}\\n${make(8, base64)}==`,
      "\\n-----END OPENSSH PRIVATE KEY-----",
    ),
  ];
}
