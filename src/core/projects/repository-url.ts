/** Where a repository is cloned from, once it is known to be an address that we take. */
export interface RepositoryUrl {
  /** Without a login: what is shown, written down and kept as the clone's remote. */
  readonly address: string;
  /** A secret, for the one clone; undefined when the address has none. */
  readonly login: RepositoryLogin | undefined;
  /** What the repository is called, fit for a project's name. */
  readonly name: string;
}

export interface RepositoryLogin {
  readonly user: string;
  readonly password: string;
}

/**
 * Reads an address as people copy it: `https://host/owner/web.git`, `ssh://git@host/owner/web.git`,
 * `git@host:owner/web.git`. A sentence instead says what is wrong, without repeating the text: it may hold a password.
 */
export function repositoryUrl(text: string): RepositoryUrl | string {
  // Discord shows no preview of an address in angle brackets, so people write them.
  const written = text.trim().replace(/^<(.*)>$/, "$1");
  if (written.length > MAX_LENGTH || /[\s\p{Cc}\p{Cf}\\]/u.test(written)) return EXPECTED;
  const [, scpHost, path] = SCP.exec(written) ?? [];
  if (scpHost !== undefined && path !== undefined) return found(written, undefined, path);
  if (!URL.canParse(written)) return EXPECTED;
  const url = new URL(written);
  const { protocol, pathname, username, password, hostname } = url;
  if (protocol !== "https:" && protocol !== "ssh:") return EXPECTED;
  // git would take such a host for an option of ssh's.
  if (!/^[a-z0-9[]/i.test(hostname) || /^\/*$/.test(pathname)) return EXPECTED;
  if (url.search !== "" || url.hash !== "") return "That is the address of a page, not of a repository.";
  if (protocol === "ssh:") {
    if (password !== "") return "ssh takes no password in an address: it logs in with a key.";
    return username.startsWith("-") ? EXPECTED : found(url.href, undefined, pathname);
  }
  url.username = "";
  url.password = "";
  const hasLogin = username !== "" || password !== "";
  const login = hasLogin ? { user: decoded(username), password: decoded(password) } : undefined;
  return found(url.href, login, pathname);
}

/** The first repository that a message names; undefined when it names none. */
export function repositoryIn(message: string): RepositoryUrl | undefined {
  for (const word of message.split(/\s+/)) {
    const url = repositoryUrl(word);
    if (typeof url !== "string") return url;
  }
  return undefined;
}

/** Whether a text holds what looks like an address with a password in it. */
export function showsLogin(text: string): boolean {
  return /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@]+@/i.test(text);
}

const MAX_LENGTH = 500;

const EXPECTED =
  "Expected the address of a repository, like `https://github.com/me/web.git` or `git@github.com:me/web.git`. " +
  "Only https and ssh are cloned.";

/** As scp writes it, always with a user: `host:path` alone could be anything. */
const SCP =
  /^[A-Za-z0-9_][\w.-]*@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?):([^\s:/-][^\s:]*|\/[^\s/][^\s:]*)$/;

function found(address: string, login: RepositoryLogin | undefined, path: string): RepositoryUrl {
  const last = decoded(path.replace(/\/+$/, "").replace(/^.*\//, "")).replace(/\.git$/, "");
  const name = last
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "")
    .slice(0, 60);
  return { address, login, name: name === "" ? "project" : name };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
