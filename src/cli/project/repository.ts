import { basename } from "node:path";
import { CoordError } from "../../core/operations/errors.ts";
import { type RepositoryUrl, repositoryUrl } from "../../core/projects/repository-url.ts";

/** Reads what somebody at the shell names: what Discord takes too, or a repository of this machine by its path. */
export function repositoryAt(text: string): RepositoryUrl | string {
  const address = text.trim();
  if (/^(file:\/\/)?\/[^\p{Cc}]/u.test(address)) {
    return { address, login: undefined, name: basename(address, ".git") };
  }
  const found = repositoryUrl(address);
  return typeof found === "string" ? `${found} A repository of this machine goes by its path.` : found;
}

/** What is wrong with an address; undefined for one that can be cloned. */
export function repositoryProblem(text: string): string | undefined {
  const found = repositoryAt(text);
  return typeof found === "string" ? found : undefined;
}

/** The repository of a flag. Throws usage. */
export function repositoryOfFlag(flag: string, text: string): RepositoryUrl {
  const found = repositoryAt(text);
  // Without the text: it may hold a password.
  if (typeof found === "string") throw new CoordError("usage", `${flag}: ${found}`);
  return found;
}
