import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { NO_BROWSER, openOnPhone } from "../support/browser.ts";
import { tempDir } from "../support/temp-dir.ts";

const BIN = fileURLToPath(new URL("../../bin/claude-coord.js", import.meta.url));

test("demo --web shows a page on which Claude answers; Ctrl-C leaves nothing", async ({ skip }) => {
  skip(NO_BROWSER !== undefined, NO_BROWSER);
  const temporary = tempDir();
  const demo = spawn(process.execPath, [BIN, "demo", "--web"], {
    env: { PATH: process.env.PATH, HOME: temporary, TMPDIR: temporary, LANG: "C.UTF-8" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(demo, "exit");
  onTestFinished(async () => {
    demo.kill("SIGKILL");
    await ended;
  });
  const [url] = (await once(createInterface({ input: demo.stdout }), "line")) as [string];
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);

  const { page, errors, foreign } = await openOnPhone(url);
  await page.locator("#text").fill("@claude My favourite colour is teal.");
  await page.locator("#text").press("Enter");
  const answer = page.locator("discord-message", { hasText: "I will remember" });
  await expect.poll(() => answer.count(), { timeout: 30_000 }).toBe(1);
  await expect
    .poll(() => page.locator(".reactions > button").allInnerTexts(), { timeout: 10_000 })
    .toEqual(["✅ 1"]);
  expect(errors).toEqual([]);
  expect(foreign).toEqual([]);

  demo.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(readdirSync(temporary).filter((name) => name.startsWith("claude-coord-demo-"))).toEqual([]);
});
