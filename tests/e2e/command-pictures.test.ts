import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
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
  const site: Place = discord.addChannel("site");
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
      { name: "site", channel_id: site.id, threads: "worktree" },
    ],
  });
  git.setUpHome(fixture.home);
  // So that the pictures show no port of this machine.
  const address = "https://git.example.org/workshop/";
  const real = git.url("api").replace("api.git", "");
  appendFileSync(join(fixture.home, ".gitconfig"), `[url "${real}"]\n\tinsteadOf = ${address}\n`);
  makeRepository(join(fixture.home, "projects", "site"));
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

  let open: string | undefined;
  /** A channel on the page; drawn anew for pictures, which show what stands there now. */
  const opens = async ({ id }: Place) => {
    if (open === id && !process.env.UPDATE_PICTURES) return;
    open = id;
    await page.goto(`${shown.url}#${id}`);
    await page.reload();
  };

  /** Messages of a channel from `first` to `last`, as the administrator sees them. */
  const picture = async (name: string, where: Place, first: Place, last = first) => {
    await opens(where);
    const shownAs = ({ id }: Place) => page.locator(`discord-message[data-id="${id}"]`);
    await shownAs(first).waitFor();
    await shownAs(last).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBe(390);
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    if (!process.env.UPDATE_PICTURES) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.evaluate(`document.querySelector('[data-id="${first.id}"]').scrollIntoView()`);
    const { y } = (await shownAs(first).boundingBox())!;
    const end = (await shownAs(last).boundingBox())!;
    const clip = { x: 0, y: Math.max(0, y - 4), width: 390, height: end.y + end.height - y + 8 };
    await page.screenshot({ path: join(PICTURES, `${name}.png`), clip });
  };
  /** The form that a button under a message opens, or an entry of its menu. */
  const pictureOfForm = async (name: string, where: Place, { id }: Place, opener: string) => {
    await opens(where);
    const message = page.locator(`discord-message[data-id="${id}"]`);
    await message.hover();
    await message.getByRole("button", { name: opener, exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    const { y, height } = (await dialog.boundingBox())!;
    expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBe(390);
    if (process.env.UPDATE_PICTURES) {
      const clip = { x: 0, y: y - 12, width: 390, height: height + 24 };
      await page.screenshot({ path: join(PICTURES, `${name}.png`), clip });
    }
    return dialog;
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
  const home = join(fixture.home, ".claude-coordinator");
  return {
    discord,
    web,
    shop,
    docs,
    site,
    setup,
    category,
    olga,
    git,
    home,
    address,
    picture,
    pictureOfForm,
    says,
    runs,
    until,
    finished,
  };
}

/** A project's folder with one commit. */
function makeRepository(folder: string): void {
  writeFileSync(join(folder, "index.html"), "<h1>Workshop</h1>");
  inRepository(folder, "init", "-q", "-b", "main");
  commit(folder, "Begin");
}

function commit(folder: string, subject: string): void {
  inRepository(folder, "add", "-A");
  inRepository(folder, "-c", "user.name=olga", "-c", "user.email=olga@example.org", "commit", "-qm", subject);
}

function inRepository(folder: string, ...args: string[]): void {
  execFileSync("git", args, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder }, stdio: "pipe" });
}

interface Place {
  readonly id: string;
}

test("each command and each question, as it stands on a phone", { timeout: 400_000 }, async () => {
  const { discord, web, shop, docs, olga, ...scenes } = await scene();
  const { picture, pictureOfForm, says, runs, until, finished } = scenes;

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
  const compact = await runs(web, "/compact");
  await finished(web, 4);
  await picture("compact", web, compact, written(discord, web).findLast(isFinished)!);
  const withPicture = ([first]: APIMessage[]) => (first?.attachments.length ?? 0) > 0;
  await picture("usage", web, await runs(web, "/usage", {}, withPicture));
  const model = await runs(web, "/model", { name: "haiku" });
  await picture("model", web, model);
  await picture("permissions", web, await runs(web, "/permissions"));

  const report = await olga.says(web, "The build fails on main: `Cannot find module 'vite'`.");
  const form = await pictureOfForm("ask-claude", web, report, "Ask Claude about this");
  await form.getByRole("textbox").fill("why is that?");
  await form.getByRole("button", { name: "Submit" }).click();
  await finished(web, 5);
  await says(web, "are the tests green?");
  const open = () => written(discord, web).findLast(({ components = [] }) => components.length > 0);
  await expect.poll(() => JSON.stringify(open()?.components), PATIENCE).toContain("Deny and say why");
  await pictureOfForm("deny-why", web, open()!, "Deny and say why…");
});

test("projects that come and go, and what becomes of a thread's working copy", {
  timeout: 300_000,
}, async () => {
  const { discord, web, site, setup, category, olga, git, home, address, ...scenes } = await scene();
  const { picture, says, runs, until, finished } = scenes;
  const wish = { project_name: "api", git_url: `${address}api.git`, category: category.id };
  const goOn = git.hold();
  const adding = await runs(web, "/add-project", wish);
  await picture("add-project", web, adding);
  goOn();
  const added = () => olga.sees(web).find(({ id }) => id === adding.id)?.content;
  await expect.poll(added, PATIENCE).toContain("✅");
  await picture("add-project-done", web, adding);
  await olga.says(setup, `${address}shop.git`);
  await picture("set-up-channel", setup, await until(setup, /Add a project from/));

  const thread = await olga.opensThread(site, "Fix the login");
  await says(thread, "what is in the readme?");
  await finished(thread, 1);
  const copy = join(home, "worktrees", thread.id);
  writeFileSync(join(copy, "login.html"), "<form>");
  commit(copy, "Add a form");
  writeFileSync(join(copy, "notes.md"), "later");
  await picture("remove-project", site, await runs(site, "/remove-project"));
  discord.guild.deleteChannel(thread);
  await picture("working-copy", site, await until(site, /A thread was deleted/));
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
