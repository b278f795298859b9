import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { demoScript } from "../../src/loopback/model/demo-script.ts";
import type { Script } from "../../src/loopback/model/scripted-model.ts";
import { isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

async function setUp(config: Record<string, unknown> = {}, project: Record<string, unknown> = {}) {
  // After a tool that was cut short the CLI asks the model to continue, in words of its own.
  const script: Script = (request) =>
    request.lastUserText.startsWith("Continue from where") && request.history.join().includes("runs")
      ? "The command is done."
      : demoScript(request);
  const { discord, model } = await realWorld({ script });
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, ...project }],
    config,
  });
  const contents = () => written(discord, channel).map((message) => message.content);
  const until = (condition: () => boolean) => discord.until(condition, { timeoutMs: 60_000 });
  return { discord, model, channel, ann, fixture, contents, until };
}

const slowly = (text: string) => `Write <<fake: [{"say":"${text}","chunkSize":4,"delayMs":150}]>>`;

test("a turn that was being answered when the daemon was killed is answered once, in its own message", async () => {
  const { discord, channel, ann, fixture, contents, until } = await setUp();
  const daemon = await fixture.start();
  // So long that it is in the middle when its beginning is seen, also on a busy machine.
  const text = `one two ${"and so it goes on ".repeat(16)}to the end`;
  await ann.says(channel, slowly(text), { mention: true });
  await until(() => contents().join().includes("one two"));
  daemon.signal("SIGKILL");
  await daemon.ended;
  await fixture.start();
  await until(() => written(discord, channel).some(isFinished));
  expect(contents()).toHaveLength(1);
  expect(contents()[0]?.startsWith(`${text}\n-# `)).toBe(true);
});

test("where a command was cut short a person is asked, and Claude goes on when told", async () => {
  const { discord, channel, ann, fixture, contents, until } = await setUp({}, { allowed_tools: ["Bash"] });
  const daemon = await fixture.start();
  const runs = join(fixture.home, "projects", "web", "runs");
  const command = `echo run >> runs; while [ ! -e go ]; do read -t 0.2 < /dev/zero || true; done`;
  const script = JSON.stringify([{ tool: "Bash", input: { command } }, "The command is done."]);
  await ann.says(channel, `Run <<fake: ${script}>>`, { mention: true });
  await until(() => existsSync(runs));
  daemon.signal("SIGKILL");
  await daemon.ended;

  await fixture.start();
  await until(() => contents().join().includes("I was restarted while Claude was using this tool"));
  expect(contents().join()).toContain("echo run");
  const [question] = written(discord, channel);
  writeFileSync(join(fixture.home, "projects", "web", "go"), "");
  await ann.clicks(question!, "Go on");
  await until(() => written(discord, channel).some(isFinished));
  expect(contents().join()).toContain("The command is done.");
  expect(readFileSync(runs, "utf8").split("\n").filter(Boolean).length).toBeLessThanOrEqual(2);
});

test("a command that was cut short is left where it is when a person says so", async () => {
  const { discord, channel, ann, fixture, contents, until } = await setUp({}, { allowed_tools: ["Bash"] });
  const daemon = await fixture.start();
  const runs = join(fixture.home, "projects", "web", "runs");
  const command = "echo run >> runs; while true; do read -t 1 < /dev/zero || true; done";
  const script = JSON.stringify([{ tool: "Bash", input: { command } }, "never said"]);
  await ann.says(channel, `Run <<fake: ${script}>>`, { mention: true });
  await until(() => existsSync(runs));
  daemon.signal("SIGKILL");
  await daemon.ended;
  await fixture.start();
  await until(() => contents().join().includes("I was restarted"));
  await ann.clicks(written(discord, channel)[0]!, "Stop here");
  await until(() => contents().join().includes("Stopped."));
  expect(readFileSync(runs, "utf8")).toBe("run\n");
});

test("the first SIGTERM lets the running turn end; a stopped daemon leaves no process", async () => {
  const { channel, ann, fixture, contents, until } = await setUp();
  const daemon = await fixture.start();
  await ann.says(channel, slowly("one two three four five six"), { mention: true });
  await until(() => contents().join().includes("one"));
  expect(await daemon.stop()).toBe(0);
  expect(contents()).toHaveLength(1);
  expect(contents()[0]).toMatch(/^one two three four five six\n-# /);
  expect(fixture.agentPids()).toEqual([]);
});

test("a turn that outlasts the grace goes on after the next start, without being asked about", async () => {
  const { discord, channel, ann, fixture, contents, until } = await setUp({ shutdown: { grace: "1s" } });
  const daemon = await fixture.start();
  await ann.says(channel, slowly("one two three four five six seven eight nine ten eleven twelve"), {
    mention: true,
  });
  await until(() => contents().join().includes("one"));
  expect(await daemon.stop()).toBe(0);
  expect(fixture.agentPids()).toEqual([]);
  await fixture.start();
  await until(() => written(discord, channel).some(isFinished));
  expect(contents()).toHaveLength(1);
  expect(contents()[0]).toMatch(/^one .* twelve\n-# /);
});

test("a message that came too long ago can be run after all", async () => {
  const { discord, channel, ann, fixture, contents, until } = await setUp({ catch_up: { max_age: "1s" } });
  const daemon = await fixture.start();
  await discord.botIsOnline();
  await daemon.stop();
  await ann.says(channel, "My number is 11.", { mention: true });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await fixture.start();
  await until(() => contents().join().includes("came while the bot was away"));
  await ann.clicks(written(discord, channel)[0]!, "Run now");
  await until(() => written(discord, channel).some(isFinished));
  expect(contents().join()).toContain("I will remember that your number is 11");
});
