import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { use } from "../../src/loopback/model/reply.ts";
import type { Script } from "../../src/loopback/model/scripted-model.ts";
import { startPage } from "../../src/loopback/page/page.ts";
import { isFinished, written } from "../support/answers.ts";
import { NO_BROWSER, openOnPhone } from "../support/browser.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

/*
 * What docs/replies.md shows, made by the real bot and the real CLI. UPDATE_PICTURES=1 writes the pictures anew.
 */

const PICTURES = fileURLToPath(new URL("../../docs/pictures", import.meta.url));

beforeEach(({ skip }) => skip(NO_BROWSER !== undefined, NO_BROWSER));

/** A person with a phone who talks to the bot in one channel; `script` is the model. */
async function setUp(script: Script) {
  const { discord, model } = await realWorld({
    script,
    discord: { rateLimits: true, guildName: "Workshop" },
  });
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Bash", "Read"] }],
  });
  const projectDir = join(fixture.home, "projects", "web");
  await fixture.start();
  const shown = await startPage({ discord, person: ann });
  onTestFinished(() => shown.stop());
  const { page, errors, foreign } = await openOnPhone(shown.url);
  const answers = () => written(discord, channel);
  const ask = async (text: string) => {
    await page.locator("#text").fill(`@${discord.bot.username} ${text}`);
    await page.locator("#text").press("Enter");
  };
  const finished = async () => {
    await discord.until(() => answers().some(isFinished), { timeoutMs: 60_000 });
    await expect.poll(() => page.getByText("✅").count(), { timeout: 10_000 }).toBe(1);
    await expect.poll(() => page.getByRole("button", { name: "Stop" }).count()).toBe(0);
  };
  /** Everything that was written is on the page, nothing is wider than it, and the picture is taken if asked for. */
  const picture = async (name: string, topOfMessage?: number) => {
    await expect.poll(() => page.locator("discord-message").count()).toBe(discord.messages(channel).length);
    await expect.poll(() => page.locator(".reactions > button").count(), { timeout: 10_000 }).toBe(1);
    if (topOfMessage !== undefined) {
      await page.evaluate(`document.querySelector("#scroll").scrollTo(0,
        document.querySelector("discord-message:nth-of-type(${topOfMessage})").offsetTop - 480)`);
    }
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    expect(await tooWide(page)).toEqual([]);
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    if (process.env.UPDATE_PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  };
  return { discord, channel, ann, page, projectDir, answers, ask, finished, picture };
}

/** Texts that stick out of the phone's screen. */
function tooWide(page: Awaited<ReturnType<typeof openOnPhone>>["page"]): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll(".words, .words *")]
    .filter((each) => each.getBoundingClientRect().right > 390.5)
    .map((each) => each.textContent.slice(0, 60))`);
}

test("what Claude is doing stands in one small line", async () => {
  const { ask, picture, page, projectDir, finished } = await setUp((request) =>
    request.step === 0
      ? {
          kind: "message",
          blocks: [
            { type: "text", text: "I run the checks first." },
            {
              type: "tool_use",
              name: "Bash",
              input: { command: "./check.sh --all", description: "Run all checks" },
            },
          ],
        }
      : "All **42 checks** pass, so the branch can be merged.",
  );
  const script = join(projectDir, "check.sh");
  writeFileSync(script, "#!/bin/sh\nuntil [ -f done ]; do sleep 0.1; done\n");
  chmodSync(script, 0o755);
  await ask("are all checks green?");
  await expect
    .poll(() => page.locator(".words .sub").allInnerTexts(), { timeout: 20_000 })
    .toEqual([expect.stringMatching(/^Bash .\/check\.sh --all · \d+ s( \(edited\))?$/)]);
  await picture("tool-line");
  writeFileSync(join(projectDir, "done"), "");
  await finished();
  await expect
    .poll(() => page.locator(".reactions > button").allInnerTexts(), { timeout: 10_000 })
    .toEqual(["✅ 1"]);
  await picture("answer");
});

test("a long answer with code comes in parts, each of which reads by itself", async () => {
  const { ask, picture, finished, answers } = await setUp(() => longAnswer());
  await ask("show me the whole parser");
  await finished();
  expect(answers()).toHaveLength(3);
  for (const { content } of answers())
    expect(content.match(/```/g)?.length ?? 0).toSatisfy((n: number) => n % 2 === 0);
  await picture("long-answer", 3);
});

test("a table stays one on a phone", async () => {
  const { ask, picture, finished } = await setUp(() => TABLE);
  await ask("compare the three routes");
  await finished();
  await picture("table");
});

test("a picture that Claude sends is shown below its answer", async () => {
  const { ask, picture, finished, projectDir, page, answers } = await setUp((request) =>
    request.step === 0
      ? use("mcp__coord__send_file", { path: "load.png" })
      : "Here is the load of the last week. The peak on **Thursday** is the nightly import.",
  );
  const chart = await page.context().newPage();
  await chart.setViewportSize({ width: 480, height: 260 });
  await chart.setContent(CHART);
  mkdirSync(projectDir, { recursive: true });
  writeFileSync(join(projectDir, "load.png"), await chart.screenshot());
  await chart.close();
  await ask("draw me the load of last week");
  await finished();
  await expect.poll(() => answers().at(-1)?.attachments.length, { timeout: 10_000 }).toBe(1);
  await expect
    .poll(() => page.locator(".attachments img").evaluate((image) => "complete" in image && image.complete))
    .toBe(true);
  await picture("picture");
});

test("a failure says what to do and has an id to quote", async () => {
  const { ask, picture, answers, discord, page } = await setUp(() => ({
    kind: "fail",
    status: 400,
    errorType: "invalid_request_error",
    message: "Your credit balance is too low to access the Anthropic API.",
    headers: {},
  }));
  await ask("hello?");
  const errorId = /^-# Error id: [a-z]{8}$/m;
  await discord.until(() => answers().some(({ content }) => errorId.test(content)), { timeoutMs: 60_000 });
  await expect.poll(() => page.getByText("Error id:").count(), { timeout: 10_000 }).toBe(1);
  await expect
    .poll(() => page.locator(".reactions > button").innerText(), { timeout: 10_000 })
    .toContain("⚠");
  await picture("error");
});

const CHART = `<body style="margin:0;background:#1e1f22;color:#b5bac1;font:14px sans-serif">
  <svg width="480" height="260" viewBox="0 0 480 260"><g fill="#5865f2">${[60, 80, 75, 190, 90, 40, 35]
    .map(
      (height, day) =>
        `<rect x="${30 + day * 62}" y="${220 - height}" width="44" height="${height}" rx="4"/>`,
    )
    .join("")}</g><g fill="#b5bac1" text-anchor="middle">${["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    .map((name, day) => `<text x="${52 + day * 62}" y="244">${name}</text>`)
    .join("")}</g></svg>`;

const TABLE = `Three ways, with what they cost:

| Route | Time | Cost | Risk |
|---|---:|---:|---|
| Train | 4 h 10 | 39 € | low |
| Bus | 6 h 30 | 19 € | delays |
| Flight | 1 h 15 | 120 € | **weather** |

I would take the train.`;

/** Some 5000 characters with one long code block, which no single message holds. */
function longAnswer(): string {
  const functions = Array.from({ length: 14 }, (_, index) =>
    [
      `/** Reads rule ${index + 1} of the grammar. */`,
      `export function readRule${index + 1}(source: string, at: number): Rule {`,
      `  const end = source.indexOf(";", at);`,
      `  if (end === -1) throw new SyntaxError(\`rule ${index + 1} has no end\`);`,
      `  return { name: "rule${index + 1}", text: source.slice(at, end), next: end + 1 };`,
      "}",
      "",
    ].join("\n"),
  );
  return [
    "The parser is one file. It reads rule by rule, and each function says where the next one begins.",
    `\`\`\`ts\n${functions.join("\n")}\`\`\``,
    "Two things to know:\n\n1. A rule without its semicolon is a `SyntaxError`.\n2. Nothing is read twice, so it stays **linear**.",
  ].join("\n\n");
}
