import { readFileSync } from "node:fs";

/** The version of this installation; the same from src/ and from dist/. */
export function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
