import { readFileSync, statSync } from "node:fs";
import { CoordError, type ErrorCode } from "../core/operations/errors.ts";
import type { Config } from "./config.ts";
import { type ConfigDocument, parseConfigDocument } from "./document.ts";
import { findCredential, findLogLevel } from "./environment.ts";
import { createFindings, type Findings } from "./findings.ts";
import { keyPaths } from "./known-keys.ts";
import { normalise } from "./normalise.ts";
import type { Environment } from "./paths.ts";
import { plainValues, withoutPaths } from "./plain-values.ts";
import { formatProblems, type Problem } from "./problems.ts";
import { checkRules, placedProjects } from "./rules.ts";
import { configSchema, type LenientConfig, lenientConfigSchema } from "./schema.ts";
import { expectation, schemaProblems } from "./schema-problems.ts";
import { reportSyntax } from "./syntax-problems.ts";
import { checkSecrets, findToken } from "./token.ts";

export interface LoadOptions {
  /** Absolute path of config.yaml. */
  readonly path: string;
  readonly env: Environment;
  /** False for what works without Discord; default true. */
  readonly needsToken?: boolean;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly Problem[];
  readonly document: ConfigDocument;
}

/** What came of a check: a configuration to use, or all that is wrong with it. */
export type CheckedConfig =
  | ({ readonly ok: true } & LoadedConfig)
  | { readonly ok: false; readonly code: ErrorCode; readonly problems: readonly Problem[] };

/** Reads config.yaml. Throws config_missing, config_invalid or token_missing, with every problem in the message. */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const checked = checkConfig(options);
  if (!checked.ok) throw new CoordError(checked.code, formatProblems(checked.problems));
  return checked;
}

/** Reads config.yaml and reports all that is wrong with it, in the order of the file. */
export function checkConfig(options: LoadOptions): CheckedConfig {
  let text: string;
  let fileMode: number;
  try {
    text = readFileSync(options.path, "utf8");
    fileMode = statSync(options.path).mode & 0o777;
  } catch (error) {
    return unreadable(options.path, error);
  }
  return checkConfigText(text, fileMode, options);
}

/** As checkConfig, for a text that is to become the file. */
export function checkConfigText(text: string, fileMode: number, options: LoadOptions): CheckedConfig {
  const { path: file, env, needsToken = true } = options;
  const document = parseConfigDocument(text, file);
  const findings = createFindings(document);
  reportSyntax(document, findings);
  // A key that is there twice leaves the rest readable; after other errors, more would be said than is wrong.
  if (document.yaml.errors.some(({ code }) => code !== "DUPLICATE_KEY"))
    return refused("config_invalid", findings);

  const values = plainValues(document);
  if (!values) {
    findings.problem([], "more aliases than a configuration can mean");
    return refused("config_invalid", findings);
  }
  const { value, unquoted } = values;
  const parsed = configSchema.safeParse(value, { error: expectation });
  const wrong = parsed.success ? [] : schemaProblems(parsed.error.issues, document, keyPaths());
  findings.problems.push(...wrong);
  // Rules also look at a file that the schema refuses, so that people hear of everything at once.
  const written = lenientConfigSchema.safeParse(
    withoutPaths(
      value,
      wrong.map(({ path }) => path),
    ),
  ).data;
  if (!written) return refused("config_invalid", findings);

  checkRules({
    written,
    projects: placedProjects(written.projects),
    document,
    value,
    unquoted,
    env,
    findings,
  });
  const token = findToken({ discord: written.discord, file, fileMode, env, findings });
  checkSecrets({ variables: written.claude.env, file, fileMode, findings });
  const logLevel = findLogLevel(written.logging.level, env, findings);
  const code = findings.problems.length > 0 ? "config_invalid" : "token_missing";
  if (needsToken && token === undefined) reportMissingToken(findings, document, written);
  if (findings.problems.length > 0 || !parsed.success) return refused(code, findings);

  const credential = findCredential(parsed.data.claude, env);
  const config = normalise({ written: parsed.data, token: token ?? "", logLevel, credential, env });
  return { ok: true, config, warnings: inFileOrder(findings.warnings), document };
}

const BEGIN = "Run: claude-coord init. By hand, begin with a copy of config.example.yaml (mode 0600).";

function unreadable(path: string, error: unknown): CheckedConfig {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const missing = code === "ENOENT" || code === "ENOTDIR";
  const problem: Problem = {
    source: path,
    place: undefined,
    key: "",
    message: missing ? "there is no such file" : `the file cannot be read (${code})`,
    advice: missing ? BEGIN : "The service's user needs to own it, with mode 0600.",
  };
  return { ok: false, code: missing ? "config_missing" : "config_invalid", problems: [problem] };
}

function refused(code: ErrorCode, findings: Findings): CheckedConfig {
  return { ok: false, code, problems: inFileOrder(findings.problems) };
}

/** What has no place comes last. */
function inFileOrder(problems: readonly Problem[]): Problem[] {
  const at = ({ place }: Problem) => (place ? place.line * 10_000 + place.column : Number.POSITIVE_INFINITY);
  return problems.toSorted((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
}

function reportMissingToken(findings: Findings, document: ConfigDocument, { discord }: LenientConfig): void {
  // Then the reason why there is none has been said already.
  if (discord.token_file !== undefined || document.nodeAt(["discord", "token"])?.toJSON()) return;
  findings.problem(
    [],
    "there is no bot token",
    "Write it to discord.token (the file with mode 0600) or set DISCORD_TOKEN. It is shown once in Discord's " +
      "developer portal, under Bot, Reset Token.",
  );
}
