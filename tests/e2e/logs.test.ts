import { spawnSync } from "node:child_process";
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { ask, written } from "../support/answers.ts";
import { runBinary } from "../support/cli.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

/** What people, Claude, its commands and their output say here; none of it occurs by chance. */
const SAID = {
  asked: "quetzal-asks",
  answered: "quetzal-answers",
  ran: "quetzal-runs",
  told: "quetzal-fails",
};

async function setUp(config: Record<string, unknown> = {}, env: Record<string, string> = {}) {
  const { discord, model } = await realWorld();
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Bash"] }],
    config,
    env: { LOG_LEVEL: "debug", ...env },
  });
  const logFile = join(fixture.home, ".claude-coordinator", "logs", "bot.log");
  const until = (condition: () => boolean) => discord.until(condition, { timeoutMs: 60_000 });
  return { discord, model, channel, ann, fixture, logFile, until };
}

const scripted = (...steps: unknown[]) => `${SAID.asked} <<fake: ${JSON.stringify(steps)}>>`;
const fails = scripted({ fail: 400, message: `bad request: ${SAID.asked} is not allowed here` });

/** A turn with a tool, one that fails with an error that quotes it, one whose agent dies in its words. */
async function liveThroughTurns(world: Awaited<ReturnType<typeof setUp>>, ann: Person) {
  const { discord, channel, fixture, until } = world;
  const command = `echo ${SAID.ran}`;
  await ask(ann, channel, scripted({ tool: "Bash", input: { command } }, SAID.answered));
  const contents = () => written(discord, channel).map(({ content }) => content);
  await ann.says(channel, fails, { mention: true });
  await until(() => contents().join().includes("Error id"));

  const slow = { say: `${SAID.answered} ${"and on ".repeat(60)}`, chunkSize: 4, delayMs: 100 };
  await ann.says(channel, scripted(slow), { mention: true });
  await until(() => contents().at(-1)?.includes(SAID.answered) === true);
  for (const pid of fixture.agentPids()) process.kill(pid, "SIGKILL");
  await until(() => contents().join().includes("stopped unexpectedly"));
}

test("no text of people, of Claude, or of its tools gets into the log, at the finest level, also not when turns fail", async () => {
  const world = await setUp();
  const { ann, fixture } = world;
  const daemon = await fixture.start();
  await liveThroughTurns(world, ann);
  // A crash of the daemon in the middle of a tool is told at the next start.
  const slowTool = { tool: "Bash", input: { command: `touch begun; sleep 60; echo ${SAID.ran}` } };
  await ann.says(world.channel, scripted(slowTool, "Done."), { mention: true });
  await world.until(() => existsSync(join(fixture.home, "projects", "web", "begun")));
  daemon.signal("SIGKILL");
  await daemon.ended;
  const again = await fixture.start();
  await again.stop();

  const log = fixture.log();
  const messages = log.map(({ message }) => message);
  expect(messages).toContain("a turn was cut short by the end of the last daemon");
  expect(messages.filter((message) => message === "accepted a turn")).toHaveLength(4);
  const folder = join(fixture.home, ".claude-coordinator", "logs");
  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(folder, name), "utf8")).not.toContain("quetzal");
  }
});

test("a turn's fields are in the log: its ids, how long it took, what it cost, its error id", async () => {
  const { discord, ann, channel, fixture, until } = await setUp();
  const daemon = await fixture.start();
  await ask(ann, channel, "Say hello.");
  await ann.says(channel, fails, { mention: true });
  await until(() => written(discord, channel).some(({ content }) => content.includes("Error id")));
  const errorId = /Error id: (\w+)/.exec(written(discord, channel).at(-1)?.content ?? "")?.[1];
  await daemon.stop();

  const ended = fixture.log().filter(({ message }) => message === "a turn has ended");
  expect(ended).toMatchObject([
    {
      level: "INFO",
      turn_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      conversation: channel.id,
      project: "web",
      outcome: "answered",
      duration_ms: expect.any(Number),
      cost_usd: expect.any(Number),
    },
    { outcome: "failed", error_id: errorId, failure: "api_error" },
  ]);

  const shown = await runBinary(["errors", "show", errorId ?? ""], {
    HOME: fixture.home,
    PATH: process.env.PATH,
  });
  expect(shown.stdout).toContain("Was told  Claude's API answered with an error.");
  expect(shown.stdout).toMatch(/Why\n {2}the turn failed: api_error\n {2}api_error: API Error: 400/);
  expect(shown.stdout).toMatch(/\d\d:\d\d:\d\d\.\d{3} turn_ended failed api_error\n/);
});

test("with logging.messages the log has what was asked and answered", async () => {
  const { ann, channel, fixture } = await setUp({ logging: { messages: true } }, { LOG_LEVEL: "info" });
  const daemon = await fixture.start();
  await ask(ann, channel, scripted(SAID.answered));
  await daemon.stop();
  const [accepted] = fixture.log().filter(({ message }) => message === "accepted a turn");
  expect(accepted?.prompt).toContain(SAID.asked);
  const [ended] = fixture.log().filter(({ message }) => message === "a turn has ended");
  expect(ended?.answer).toBe(SAID.answered);
});

test("under systemd the journal's lines have a priority and no second time; elsewhere they have a time", async () => {
  const { fixture, discord } = await setUp();
  await discord.stop();
  const file = join(fixture.home, "journal");
  const serve = (environment: (stderr: number) => Record<string, string>) => {
    const descriptor = openSync(file, "w");
    const bin = join(import.meta.dirname, "../../bin/claude-coord.js");
    const env = { HOME: fixture.home, PATH: process.env.PATH, ...environment(descriptor) };
    spawnSync(process.execPath, [bin, "serve"], { env, stdio: ["ignore", "ignore", descriptor] });
    closeSync(descriptor);
    return readFileSync(file, "utf8").split("\n");
  };
  const journal = serve((descriptor) => {
    const { dev, ino } = fstatSync(descriptor);
    return { JOURNAL_STREAM: `${dev}:${ino}` };
  });
  expect(journal.find((line) => line.includes("found the claude CLI"))).toMatch(/^<6>INFO {2}found/);
  expect(journal.find((line) => line.includes("serve ends"))).toMatch(/^<3>ERROR serve ends/);

  const inherited = serve(() => ({ JOURNAL_STREAM: "1:1" }));
  expect(inherited.find((line) => line.includes("serve ends"))).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ERROR serve ends/,
  );
});

const NO_JQ = spawnSync("jq", ["--version"]).error && "needs jq (Debian: apt install jq)";

test("the jq lines of docs/operations.md work on a real log", async ({ skip }) => {
  skip(NO_JQ !== undefined, NO_JQ);
  const { discord, ann, channel, fixture, logFile, until } = await setUp();
  const daemon = await fixture.start();
  await ask(ann, channel, "Say hello.");
  await ann.says(channel, fails, { mention: true });
  await until(() => written(discord, channel).some(({ content }) => content.includes("Error id")));
  await daemon.stop();

  const docs = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
  const lines = docs.split("\n").filter((line) => /^(tail|cat|jq) .*\bjq\b|^jq /.test(line));
  expect(lines.length).toBeGreaterThanOrEqual(4);
  const errorId = String(fixture.log().find(({ error_id }) => error_id !== undefined)?.error_id);
  const outputs = lines.map((line) => {
    const here = line
      .replaceAll(/\S*\/bot\.log/g, logFile)
      .replace("tail -f", "tail")
      .replace("vudobaki", errorId);
    const { status, stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", here], {
      encoding: "utf8",
    });
    expect({ here, status, stderr }).toEqual({ here, status: 0, stderr: "" });
    expect(stdout, here).not.toBe("");
    return stdout;
  });
  expect(outputs.join("\n")).toContain(errorId);
  expect(outputs.join("\n")).not.toMatch(/\bnull\b.*\bnull\b/);
});
