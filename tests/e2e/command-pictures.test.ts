import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type APIMessage, ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { use } from "../../src/loopback/model/reply.ts";
import type { Script } from "../../src/loopback/model/scripted-model.ts";
import { startPage } from "../../src/loopback/page/page.ts";
import { isFinished, written } from "../support/answers.ts";
import { NO_BROWSER, openOnPhone } from "../support/browser.ts";
import { daemonFixture } from "../support/daemon.ts";
import { gitServer } from "../support/git-server.ts";
import { realWorld } from "../support/real-world.ts";

/*
 * What docs/commands.md shows, made by the real bot and the real CLI. UPDATE_PICTURES=1 writes the pictures anew.
 */

const PICTURES = fileURLToPath(new URL("../../docs/pictures/commands", import.meta.url));
const PATIENCE = { timeout: 60_000 };

beforeEach(({ skip }) => skip(NO_BROWSER !== undefined, NO_BROWSER));

/** An administrator with a phone, and projects of each kind. */
async function scene() {
  const { discord, model } = await realWorld({ script: SCRIPT, discord: { guildName: "Workshop" } });
  const web: Place = discord.addChannel("web");
  const shop: Place = discord.addChannel("shop");
  const docs: Place = discord.addChannel("docs");
  const category = discord.addChannel("Projects", { type: ChannelType.GuildCategory });
  const setup = discord.addChannel("new-projects", { parent: category });
  const olga = discord.addMember("olga", { permissions: PermissionFlagsBits.Administrator });
  const git = await gitServer({ api: { "readme.md": "hello" } });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [
      { name: "web", channel_id: web.id, allowed_tools: ["Read"] },
      { name: "shop", channel_id: shop.id, permission_mode: "plan" },
      { name: "docs", channel_id: docs.id, allowed_tools: ["Bash"] },
    ],
  });
  git.setUpHome(fixture.home);
  fixture.writeConfig({ projects_root: join(fixture.home, "projects"), setup_channel: setup.id });
  await fixture.start();
  await discord.until(
    () => discord.requests.some(({ method, path }) => method === "PUT" && path.endsWith("/commands")),
    { timeoutMs: 60_000 },
  );
  const shown = await startPage({ discord, person: olga });
  onTestFinished(() => shown.stop());
  const { page, errors, foreign } = await openOnPhone(shown.url);
  await page.setViewportSize({ width: 390, height: 3000 });

  /** Messages of a channel from `first` to `last`, as the administrator sees them. */
  const picture = async (name: string, where: Place, first: Place, last = first) => {
    await page.goto(`${shown.url}#${where.id}`);
    await page.reload();
    const box = async ({ id }: Place) => {
      const message = page.locator(`discord-message[data-id="${id}"]`);
      await message.waitFor();
      return (await message.boundingBox())!;
    };
    await page.locator(`discord-message[data-id="${first.id}"]`).waitFor();
    await page.evaluate(`document.querySelector('[data-id="${first.id}"]').scrollIntoView()`);
    const end = await box(last);
    const { y } = await box(first);
    expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBe(390);
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    if (!process.env.UPDATE_PICTURES) return;
    mkdirSync(PICTURES, { recursive: true });
    const clip = { x: 0, y: Math.max(0, y - 4), width: 390, height: end.y + end.height - y + 8 };
    await page.screenshot({ path: join(PICTURES, `${name}.png`), clip });
  };
  const says = (where: Place, text: string) => olga.says(where, text, { mention: true });
  const runs = async (where: Place, command: string, options = {}, done?: (all: APIMessage[]) => boolean) => {
    const interaction = await olga.runs(where, command, options);
    return (await interaction.waitsForReply({ timeoutMs: 30_000, ...(done ? { done } : {}) })).at(-1)!;
  };
  const until = async (where: Place, words: RegExp): Promise<APIMessage> => {
    const find = () => written(discord, where).findLast(({ content }) => words.test(content));
    await expect.poll(() => find() !== undefined, { ...PATIENCE, message: String(words) }).toBe(true);
    return find()!;
  };
  const finished = (where: Place, count: number) =>
    expect.poll(() => written(discord, where).filter(isFinished).length, PATIENCE).toBe(count);
  return { web, shop, docs, setup, olga, git, fixture, picture, says, runs, until, finished };
}

interface Place {
  readonly id: string;
}

test("each command and each question, as it stands on a phone", { timeout: 400_000 }, async () => {
  const { web, shop, docs, setup, olga, git, picture, says, runs, until, finished } = await scene();

  await says(web, "are the tests green?");
  const permission = await until(web, /Claude asks/);
  await picture("permission", web, permission);
  await olga.clicks(permission, "Allow once");
  await finished(web, 1);
  await picture("permission-decided", web, await until(web, /Allowed once/));
  await says(web, "which database should we take?");
  const question = await until(web, /Which database/);
  await picture("question", web, question);
  await olga.clicks(question, "SQLite");
  await finished(web, 2);
  await says(shop, "plan the checkout");
  await picture("plan", shop, await until(shop, /A page for the address/), await until(shop, /May it begin/));

  await says(docs, "watch the build");
  await until(docs, /tail -f/);
  await says(docs, "then check the links");
  await says(docs, "and the spelling");
  await picture("queue", docs, await runs(docs, "/queue"));
  await picture("stop", docs, await runs(docs, "/stop"));

  await picture("help", web, await runs(web, "/help"));
  await picture("status", shop, await runs(shop, "/status"));
  const sure = await runs(web, "/reset");
  await picture("reset", web, sure);
  await olga.clicks(sure, "Yes, reset");
  await until(web, /reset the session/);
  await says(web, "what is in the readme?");
  await finished(web, 3);
  await picture("session", web, await runs(web, "/session"));
  await picture("context", web, await runs(web, "/context"));
  const withPicture = ([first]: APIMessage[]) => (first?.attachments.length ?? 0) > 0;
  await picture("usage", web, await runs(web, "/usage", {}, withPicture));
  const model = await runs(web, "/model", { name: "haiku" });
  await picture("model", web, model);
  await picture("permissions", web, await runs(web, "/permissions"));

  await olga.says(setup, git.url("api"));
  await picture("set-up-channel", setup, await until(setup, /Add a project from/));
});

const SCRIPT: Script = ({ lastUserText, step, messages }) => {
  const is = (words: RegExp) => words.test(lastUserText);
  if (is(/tests green/)) {
    const input = {
      command: "npm test -- --reporter=dot && git push",
      description: "Run the tests, then push",
    };
    return step === 0 ? use("Bash", input) : "All **42 tests** pass, and it is pushed.";
  }
  if (is(/which database/))
    return step === 0 ? use("AskUserQuestion", { questions: QUESTIONS }) : "SQLite it is.";
  if (is(/checkout/)) {
    const file = /\/[^\s"\\]+\/plans\/[\w.-]+\.md/.exec(JSON.stringify(messages))?.[0];
    return step === 0 ? use("Write", { file_path: file, content: PLAN }) : use("ExitPlanMode", {});
  }
  if (is(/watch the build/))
    return use("Bash", { command: "tail -f build.log", description: "Watch the build" });
  return "It says how to install the site and how to run its tests.";
};

const QUESTIONS = [
  {
    question: "Which database should the site use?",
    header: "Database",
    multiSelect: false,
    options: [
      { label: "SQLite", description: "one file, nothing to run" },
      { label: "PostgreSQL", description: "for several machines" },
    ],
  },
];

const PLAN = `## Checkout
1. A page for the address, checked while it is typed.
2. Payment through the provider's own page.
3. A mail with the order, and a test for each step.`;
