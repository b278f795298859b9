import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { tempDir } from "./temp-dir.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);

/** Why no test can look at a page here; undefined when one can. */
export const NO_BROWSER =
  CHROMIUM === undefined ? "needs chromium (Debian: apt install chromium)" : undefined;

/** What keeps a browser from asking anything of the world outside, also when it runs as root. */
export const BROWSER_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
];

export const PHONE = { width: 390, height: 844 };

/** A page as wide as a phone; errors in it, and requests to other hosts than this machine, are kept. */
export async function openOnPhone(url: string): Promise<{ page: Page; errors: string[]; foreign: string[] }> {
  const context = await chromium.launchPersistentContext(tempDir(), {
    executablePath: CHROMIUM ?? "",
    args: BROWSER_ARGUMENTS,
    viewport: PHONE,
    deviceScaleFactor: 2,
  });
  onTestFinished(() => context.close());
  const page = context.pages()[0] ?? (await context.newPage());
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== "data:" && hostname !== "127.0.0.1") foreign.push(request.url());
  });
  await page.goto(url);
  await page.waitForSelector("body[data-ready]", { state: "attached" });
  return { page, errors, foreign };
}
