import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { expect } from "vitest";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";

/*
 * The token of each loopback Discord can be recognised. What makes homes, worlds and processes for the end-to-end tests
 * asks here, when a test ends, whether it has turned up in anything that the test has made: no test can forget it.
 */
const PLANTED = /loopback\.[0-9a-f]{12}\.[0-9a-f]{36}|bG9vcGJhY2su[\w+/=-]{40}/;

export function holdsToken(text: string): boolean {
  return text.includes("loopback.") || text.includes("bG9vcGJhY2su") ? PLANTED.test(text) : false;
}

/** Nothing that the bot sent to this Discord holds a token: no request's address or body, and no file. */
export function expectNotSent(discord: LoopbackDiscord): void {
  if (!isEndToEnd()) return;
  const sent = discord.requests.filter(({ path, query, body, fileNames }) =>
    holdsToken(JSON.stringify([path, query, body, fileNames])),
  );
  expect(
    sent.map(({ method, path }) => `${method} ${path}`),
    "requests with the token",
  ).toEqual([]);
  const files = [...discord.world.files].filter(([, { bytes }]) => holdsToken(latin1(bytes)));
  expect(
    files.map(([path]) => path),
    "files with the token",
  ).toEqual([]);
}

/** No file in this folder holds a token, but those that are there to hold it. */
export function expectNotKept(folder: string): void {
  if (!isEndToEnd()) return;
  const held = filesIn(folder).filter((file) => !MAY_HOLD.some((each) => each.test(relative(folder, file))));
  expect(
    held.filter((file) => holdsToken(latin1(bytesOf(file)))),
    "files with the token",
  ).toEqual([]);
}

/** What a process has written, or its environment. */
export function expectNotSaid(what: string, text: string): void {
  expect(holdsToken(text), `the token is in ${what}`).toBe(false);
}

const MAY_HOLD: readonly RegExp[] = [
  // Where people put it, and what keeps the old one beside a new one.
  /(^|\/)config\.yaml[^/]*$/,
  // One that CONFIG_PATH names.
  /^other\.yaml$/,
  /(^|\/)[\w-]*token$/,
  // What a test gives Claude to read, and Claude's own record of having read it.
  /(^|\/)projects\/web\/leak\.txt$/,
  /(^|\/)\.claude\/projects\/.*\.jsonl$/,
];

/** Installed packages are not made by the bot, and large. */
const NOT_OURS: ReadonlySet<string> = new Set(["node_modules", ".npm", ".git"]);
const MOST_BYTES = 50_000_000;

function filesIn(folder: string): string[] {
  const found: string[] = [];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !NOT_OURS.has(basename(path))) found.push(...filesIn(path));
    // A socket or a pipe would never end.
    else if (entry.isFile() && (statSync(path, IF_THERE)?.size ?? 0) <= MOST_BYTES) found.push(path);
  }
  return found;
}

const IF_THERE = { throwIfNoEntry: false } as const;

/** A `claude` that ends puts its own files away meanwhile: what is gone holds nothing. */
function unlessGone<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing;
    throw error;
  }
}

const bytesOf = (file: string) => unlessGone<Uint8Array>(() => readFileSync(file), new Uint8Array());
const entriesOf = (folder: string) => unlessGone(() => readdirSync(folder, { withFileTypes: true }), []);

/** Other tests also plant tokens where they may stand. */
function isEndToEnd(): boolean {
  return expect.getState().testPath?.includes("/tests/e2e/") ?? false;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
