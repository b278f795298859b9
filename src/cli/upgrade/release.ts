import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A newer claude-coord, ready beside the one that is installed. */
export interface Release {
  readonly folder: string;
  readonly version: string;
  /** What tells two builds of one version apart; a commit in a checkout. */
  readonly revision: string | undefined;
  readonly changelog: string;
  /** Puts it in the place of the old one; quick, and without the network. */
  swap(): Promise<void>;
  /** Puts the old one back. */
  swapBack(): Promise<void>;
  /** Takes away what is no longer needed: the old one after a swap, else what was made ready. */
  discard(): Promise<void>;
}

/** The changelog and version of an installation. */
export function readPackage(folder: string): { version: string; changelog: string } {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const file = join(folder, "CHANGELOG.md");
  return { version, changelog: existsSync(file) ? readFileSync(file, "utf8") : "" };
}
