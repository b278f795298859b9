import { existsSync, mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { BROWSER_ARGUMENTS, NO_BROWSER, PHONE } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { wholeDaemon } from "../support/whole-daemon.ts";

const EXECUTABLE = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const DESKTOP = { width: 1200, height: 800 };

async function page(options: {
  javaScriptEnabled?: boolean;
  viewport?: typeof PHONE;
  colorScheme?: "dark" | "light";
}) {
  const browser = await chromium.launch({
    executablePath: EXECUTABLE.find(existsSync) ?? "",
    args: BROWSER_ARGUMENTS,
  });
  onTestFinished(() => browser.close());
  const opened = await browser.newPage({ viewport: DESKTOP, ...options });
  const errors: string[] = [];
  opened.on("pageerror", (error) => errors.push(error.message));
  opened.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page: opened, errors };
}

async function world() {
  const port = await freePort();
  const daemon = await wholeDaemon({ config: { health: { listen: `127.0.0.1:${port}` } } });
  await daemon.start();
  return { ...daemon, url: `http://127.0.0.1:${port}/` };
}

const PICTURES = process.env.STATUS_PICTURES;

test("the page shows what runs and waits, live, on a phone and on a desk, light and dark", {
  timeout: 120_000,
}, async ({ skip }) => {
  skip(NO_BROWSER !== undefined, NO_BROWSER);
  const { url, ann, web } = await world();
  const { page: shown, errors } = await page({ viewport: PHONE, colorScheme: "dark" });
  await shown.goto(url);
  await expect.poll(() => shown.locator("#live").innerText()).toBe("live");
  expect(await shown.locator("#running").innerText()).toBe("Nothing runs.");

  await ann.says(web, "m1 lines=200 pace=200", { mention: true });
  await expect.poll(() => shown.locator("#running .card").count(), { timeout: 20_000 }).toBe(1);
  expect(await shown.locator("#running").innerText()).toContain("asked by ann");
  await ann.says(web, "m2", { mention: true });
  await expect.poll(() => shown.locator("#queue .card").count(), { timeout: 20_000 }).toBe(1);
  expect(await shown.locator("#conversations").innerText()).toContain("#web");

  for (const [name, viewport] of [
    ["phone", PHONE],
    ["desktop", DESKTOP],
  ] as const) {
    await shown.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await shown.emulateMedia({ colorScheme });
      const overflow = await shown.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect({ name, overflow }).toEqual({ name, overflow: 0 });
      if (PICTURES === undefined) continue;
      mkdirSync(PICTURES, { recursive: true });
      await shown.screenshot({ path: `${PICTURES}/status-${name}-${colorScheme}.png`, fullPage: true });
    }
  }
  expect(errors).toEqual([]);
});

test("without JavaScript it shows the same and loads itself anew", { timeout: 60_000 }, async ({ skip }) => {
  skip(NO_BROWSER !== undefined, NO_BROWSER);
  const { url, ann, web, until } = await world();
  await ann.says(web, "m1", { mention: true });
  await until((contents) => contents.join().includes("m1 line 1 of 1"));
  const { page: shown, errors } = await page({ javaScriptEnabled: false });
  await shown.goto(url);
  expect(await shown.locator("#conversations").innerText()).toContain("#web");
  expect(await shown.locator("svg.chart rect.bar").count()).toBe(30);
  expect(await shown.locator("noscript").innerHTML()).toContain('http-equiv="refresh"');
  expect(errors).toEqual([]);
});

test("what people and Claude name stands on the page as text", async () => {
  const { url, discord, web } = await world();
  const mallory = discord.addMember("mallory", { displayName: '<img src=x onerror="alert(1)">' });
  await mallory.says(web, "m1 [hangs]", { mention: true });
  await expect.poll(async () => (await fetch(url)).text(), { timeout: 20_000 }).toContain("asked by");
  const html = await (await fetch(url)).text();
  expect(html).toContain("&lt;img src=x");
  expect(html).not.toContain("<img");
});
