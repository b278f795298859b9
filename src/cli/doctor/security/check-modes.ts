import { chmodSync, existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Finding, ok, type Repair } from "../finding.ts";

export interface WatchedFile {
  /** What is in it, for people: `the audit log`. */
  readonly what: string;
  readonly path: string;
  /** Whether it holds a token or a login. */
  readonly holdsSecrets: boolean;
}

/**
 * Who may read or change each of the files; those that are not there are nobody's trouble. What belongs to another user
 * than the service's may be for the service to read, by its group.
 */
export function checkModes(files: readonly WatchedFile[], serviceUid: number | undefined): Finding[] {
  const findings = files.flatMap((file) => found(file, serviceUid));
  return findings.length > 0
    ? findings
    : [ok("security.modes", "config, token, database, logs and audit log are the service's user's alone")];
}

/** The files of a folder, as of the logs. */
export function filesIn(folder: string, what: string): WatchedFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => ({ what, path: join(folder, name), holdsSecrets: false }));
}

function found({ what, path, holdsSecrets }: WatchedFile, serviceUid: number | undefined): Finding[] {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined || entry.isSymbolicLink() || (entry.mode & 0o077) === 0) return [];
  if (entry.uid !== serviceUid && (entry.mode & 0o027) === 0) return [];
  const mode = (entry.mode & 0o777).toString(8).padStart(3, "0");
  const others = (entry.mode & 0o022) === 0 ? "read" : "change";
  const repair: Repair = () => chmodSync(path, entry.mode & 0o700);
  return [
    {
      check: "security.modes",
      // What others can change, they can make the bot do; what holds a token is the bot itself.
      status: holdsSecrets || others === "change" ? "problem" : "warning",
      message: `other users can ${others} ${what}: ${path} has mode 0${mode}`,
      fix: `chmod go= '${path}'`,
      repair,
    },
  ];
}
