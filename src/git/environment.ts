import type { RepositoryUrl } from "../core/projects/repository-url.ts";

type Variables = Readonly<Record<string, string | undefined>>;
type Setting = readonly [key: string, value: string];

/** The environment of a git that clones from an address which a person gave. */
export function cloneEnvironment(from: Variables, { address, login }: RepositoryUrl): Record<string, string> {
  return gitEnvironment(from, protocolOf(address), [
    // A server that has fallen asleep is given up before the whole time is over.
    ["http.lowSpeedLimit", "500"],
    ["http.lowSpeedTime", "60"],
    // What the person's template puts into a new repository is not run at once.
    ["core.hooksPath", "/dev/null"],
    // In the environment and not in the address: everybody on the machine can read a command line.
    ...(login === undefined
      ? []
      : [
          [`http.${new URL("/", address).href}.extraHeader`, `Authorization: Basic ${basic(login)}`] as const,
        ]),
  ]);
}

/** The environment of a git that works in a repository on this machine: nothing that lies in it is run. */
export function localEnvironment(from: Variables): Record<string, string> {
  return gitEnvironment(from, "https:ssh", [
    ["core.hooksPath", "/dev/null"],
    ["core.fsmonitor", "false"],
  ]);
}

/**
 * The environment of git, built from nothing: the daemon's holds the bot's token. What a person has set up for
 * reaching their repositories stays: their own configuration and keys, proxies, certificates.
 */
function gitEnvironment(
  from: Variables,
  protocols: string,
  settings: readonly Setting[],
): Record<string, string> {
  const kept = Object.entries(from).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && KEPT.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    // What git says is read by us.
    LC_ALL: "C",
    // Nobody is there to answer.
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    SSH_ASKPASS: "",
    // For what a redirect might name: `ext::` runs a program, `file:` reads this machine.
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

const KEPT =
  /^(CLAUDE_COORD_(INSTANCE|DAEMON)|PATH|HOME|USER|LOGNAME|XDG_CONFIG_HOME|SSH_AUTH_SOCK|GIT_SSL_CAINFO|GIT_SSL_CAPATH|SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY)$/;

/** As git names it: `git@host:path` is ssh, and a path is `file`. */
function protocolOf(address: string): string {
  return /^([a-z]+):\/\//.exec(address)?.[1] ?? (address.startsWith("/") ? "file" : "ssh");
}

function basic({ user, password }: NonNullable<RepositoryUrl["login"]>): string {
  return Buffer.from(`${user}:${password}`).toString("base64");
}
