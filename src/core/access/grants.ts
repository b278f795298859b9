/** What people allowed for the rest of a session. The CLI forgets it at a resume, so that it is given again then. */
export interface SessionGrants {
  /** As `--allowedTools` takes them: `Bash(npm test *)`. */
  readonly rules: readonly string[];
  /** Beside the project's directory; relative ones lie in it. */
  readonly directories: readonly string[];
  /** Files in these places are changed without asking. */
  readonly acceptsEdits: boolean;
}

export const NO_GRANTS: SessionGrants = { rules: [], directories: [], acceptsEdits: false };

/** What one "always" would allow, with the updates that make the running CLI allow it. */
export interface Grant extends SessionGrants {
  readonly updates: readonly unknown[];
}

export interface GrantStore {
  of(sessionId: string): SessionGrants;
  add(sessionId: string, grants: SessionGrants): void;
  /** Takes back what is named, and nothing else. */
  remove(sessionId: string, grants: SessionGrants): void;
}

/**
 * What the CLI suggests to allow for the session, or undefined where it suggests nothing that we know. A rule says
 * most exactly what is meant, so "accept all edits" is offered only where there is no rule.
 */
export function grantOf(suggestions: readonly unknown[]): Grant | undefined {
  const known = suggestions.flatMap((suggestion) => part(suggestion) ?? []);
  const narrow = known.filter((each) => !each.acceptsEdits);
  const hasRule = narrow.some((each) => each.rules.length > 0);
  const chosen = hasRule || narrow.length === known.length ? narrow : known;
  if (chosen.length === 0) return undefined;
  return {
    rules: chosen.flatMap((each) => each.rules),
    directories: chosen.flatMap((each) => each.directories),
    acceptsEdits: chosen.some((each) => each.acceptsEdits),
    updates: chosen.flatMap((each) => each.updates),
  };
}

/**
 * Rules by which a running CLI asks again about what was granted: it has no way to forget a rule, but one to ask goes
 * before one to allow.
 */
export function askAgainRules({ rules, directories }: SessionGrants, projectDir: string): string[] {
  const paths = directories.map((each) => (each.startsWith("/") ? each : `${projectDir}/${each}`));
  return [...rules, ...paths.flatMap((path) => [`Read(/${path}/**)`, `Edit(/${path}/**)`])];
}

/** Accepting edits from now on, as after a plan was approved. */
export const ACCEPT_EDITS: Grant = {
  ...NO_GRANTS,
  acceptsEdits: true,
  updates: [{ type: "setMode", mode: "acceptEdits", destination: "session" }],
};

/** One suggestion; kinds that a newer CLI may add, and those that would deny, are passed over. */
function part(suggestion: unknown): Grant | undefined {
  if (!isRecord(suggestion)) return undefined;
  const updates = [{ ...suggestion, destination: "session" }];
  if (suggestion.type === "setMode") return suggestion.mode === "acceptEdits" ? ACCEPT_EDITS : undefined;
  if (suggestion.type === "addDirectories" && Array.isArray(suggestion.directories)) {
    const directories = suggestion.directories.filter((each) => typeof each === "string");
    return { ...NO_GRANTS, directories, updates };
  }
  if (suggestion.type === "addRules" && suggestion.behavior === "allow" && Array.isArray(suggestion.rules)) {
    return { ...NO_GRANTS, rules: suggestion.rules.flatMap((rule) => ruleText(rule) ?? []), updates };
  }
  return undefined;
}

function ruleText(rule: unknown): string | undefined {
  if (!isRecord(rule) || typeof rule.toolName !== "string") return undefined;
  return typeof rule.ruleContent === "string" ? `${rule.toolName}(${rule.ruleContent})` : rule.toolName;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
