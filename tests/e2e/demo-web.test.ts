import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { NO_BROWSER, openOnPhone, PHONE } from "../support/browser.ts";
import { tempDir } from "../support/temp-dir.ts";

const BIN = fileURLToPath(new URL("../../bin/claude-coord.js", import.meta.url));

test("demo --web shows a page on which Claude answers; Ctrl-C leaves nothing", async ({ skip }) => {
  skip(NO_BROWSER !== undefined, NO_BROWSER);
  const { demo, ended, url, temporary, said } = await startDemo();
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

  // Tabs that end in the middle of what is sent to them are nobody's matter.
  for (const waitUntil of ["commit", "load"] as const) {
    const tab = await page.context().newPage();
    await tab.goto(url, { waitUntil });
    await tab.close();
  }
  await page.context().close();
  demo.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(said()).toMatch(/^Open it in a browser of this machine\. .*\n$/);
  expect(readdirSync(temporary).filter((name) => name.startsWith("claude-coord-demo-"))).toEqual([]);
});

test("on the page a person allows, denies with a reason, answers, attaches, chooses a model and stops", {
  timeout: 300_000,
}, async ({ skip }) => {
  skip(NO_BROWSER !== undefined, NO_BROWSER);
  const { url } = await startDemo();
  const { page, errors } = await openOnPhone(url);
  page.setDefaultTimeout(60_000);
  const says = async (text: string) => {
    await page.locator("#text").fill(text);
    await page.locator("#text").press("Enter");
  };
  const press = (name: string) => page.locator("button.push:enabled", { hasText: name }).last().click();
  const sees = (text: string) => page.locator("discord-message", { hasText: text }).last().waitFor();
  const fills = async (text: string) => {
    await page.locator("#form textarea, #form input").first().fill(text);
    await page.locator("#form").getByText("Submit").click();
  };

  await says("@claude run `touch made.txt`");
  await press("Allow once");
  await sees("Done:");
  await says("@claude run `rm made.txt`");
  await press("Deny and say why");
  await fills("not that one");
  await sees("A person denied this and says: not that one");
  await says("@claude ask me something");
  await press("Other");
  await fills("Magenta");
  await sees('"Magenta"');

  await page.locator("#file").setInputFiles({
    name: "note.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("a note"),
  });
  await says("@claude what do you see?");
  await sees("Attached files:");
  await page.locator("#text").fill("/model name:");
  await page.locator("#text").pressSequentially("son");
  await page.locator("#suggestions button", { hasText: "sonnet" }).click();
  await page.locator("#text").press("Enter");
  await sees("uses sonnet");

  // A picture is loaded after its message, and whoever reads the end still does.
  await says("/usage");
  await page.locator(".attachments img").last().waitFor();
  await expect
    .poll(() =>
      page.locator("#scroll").evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight),
    )
    .toBeLessThan(2);
  expect(await page.locator("html").evaluate((root) => root.scrollWidth)).toBe(PHONE.width);

  await says("@claude tell me a story");
  await press("Stop");
  await sees("Stopped.");
  expect(errors).toEqual([]);
});

/** `claude-coord demo --web` as a person starts it, in a folder of its own. */
async function startDemo() {
  const temporary = tempDir();
  const demo = spawn(process.execPath, [BIN, "demo", "--web"], {
    env: { PATH: process.env.PATH, HOME: temporary, TMPDIR: temporary, LANG: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  demo.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(demo, "exit");
  onTestFinished(async () => {
    // With time to end what it has started.
    demo.kill("SIGINT");
    await ended;
  });
  const [url] = (await once(createInterface({ input: demo.stdout }), "line")) as [string];
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  return { demo, ended, url, temporary, said: () => said };
}
