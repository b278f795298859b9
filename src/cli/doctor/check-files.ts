import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Who may read what the bot keeps in its home, and whose it is. */
export function checkFiles(home: string, userId: number | undefined): Finding[] {
  const own = entry(home)[0];
  const inside = entriesIn(home);
  if (own === undefined || inside === undefined) {
    return [problem("files", `${home} can't be looked into by this user`, "sudo claude-coord doctor")];
  }
  const findings: Finding[] = [];
  // What is in a closed folder is closed, whatever its own mode says.
  if (own.isOpen) {
    const readable = inside.filter(({ isOpen }) => isOpen).map(({ path }) => path);
    const which = readable.length === 0 ? "" : `: ${readable.join(", ")}`;
    findings.push(
      warning(
        "files.mode",
        `other users can look into ${home}, where answers and the token are${which}`,
        `chmod -R go= '${home}'`,
      ),
    );
  }
  const foreign = inside.filter(({ userId }) => userId !== own.userId).map(({ path }) => path);
  if (foreign.length > 0) {
    findings.push(
      warning(
        "files.owner",
        `not owned by the user of ${home}: ${foreign.join(", ")}`,
        `sudo chown -R --reference='${home}' '${home}'`,
      ),
    );
  }
  if (userId !== undefined && own.userId !== userId) {
    findings.push(
      warning(
        "files.user",
        `${home} belongs to another user (${own.userId}): what is said here about Claude and folders is about you`,
        `sudo -u '#${own.userId}' claude-coord doctor`,
      ),
    );
  }
  return findings.length > 0 ? findings : [ok("files", `${home} is the service's alone`)];
}

interface Entry {
  readonly path: string;
  readonly userId: number;
  readonly isOpen: boolean;
}

function entriesIn(folder: string): Entry[] | undefined {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.flatMap((name) => entry(join(folder, name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return undefined;
    throw error;
  }
}

/** None for what is gone meanwhile: a running bot makes and removes files. */
function entry(path: string): Entry[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return [{ path, userId: found.uid, isOpen: !found.isSymbolicLink() && (found.mode & 0o077) !== 0 }];
}
