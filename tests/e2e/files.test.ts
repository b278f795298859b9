import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { use } from "../../src/loopback/model/reply.ts";
import type { Script } from "../../src/loopback/model/scripted-model.ts";
import { isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A running daemon with one project, in which `script` is the model. */
async function setUp(script: Script, project: Record<string, unknown> = {}) {
  const { discord, model } = await realWorld({ script, discord: { rateLimits: true } });
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, ...project }],
    // A turn that is cut short goes on by itself.
    config: { restart: "continue" },
  });
  const projectDir = join(fixture.home, "projects", "web");
  const finished = (count = 1) =>
    discord.until(() => written(discord, channel).filter(isFinished).length === count, { timeoutMs: 30_000 });
  const files = () =>
    written(discord, channel).flatMap(({ attachments }) => attachments.map(({ filename }) => filename));
  const reactions = (messageId: string) =>
    discord
      .messages(channel)
      .find(({ id }) => id === messageId)
      ?.reactions?.map(({ emoji }) => emoji.name) ?? [];
  return { discord, model, channel, ann, fixture, projectDir, finished, files, reactions };
}

test("Claude sees a picture and can read a file that came with a message; the message ends with ✅", async () => {
  let note = "";
  const { discord, model, channel, ann, fixture, finished, reactions } = await setUp((request) => {
    note = /- (\S+note\.txt) /.exec(request.lastUserText)?.[1] ?? note;
    return request.step === 0 ? use("Read", { file_path: note }) : "I have read it.";
  });
  await fixture.start();
  const message = await ann.says(channel, "look at these", {
    mention: true,
    attachments: [
      { name: "photo.png", data: PNG },
      { name: "note.txt", data: "the note says hello" },
    ],
  });
  await finished();
  expect(JSON.stringify(model.requests[0]?.messages)).toContain('"type":"image"');
  expect(model.requests.at(-1)?.toolResults[0]?.text).toContain("the note says hello");
  expect(written(discord, channel).at(-1)?.content).not.toContain("Not allowed here");
  await discord.until(() => reactions(message.id).join() === "✅", { timeoutMs: 10_000 });
});

test("a file that Claude sends stands below the answer, once, also when the daemon is killed before it ends", async () => {
  let hold = true;
  const { discord, channel, ann, fixture, projectDir, finished, files } = await setUp((request) => {
    if (request.step === 0) return use("mcp__coord__send_file", { path: "chart.png" });
    return hold ? { kind: "hang" } : "Here is your chart.";
  });
  mkdirSync(projectDir, { recursive: true });
  writeFileSync(join(projectDir, "chart.png"), PNG);
  const daemon = await fixture.start();
  await ann.says(channel, "show me the chart", { mention: true });
  await discord.until(() => fixture.log().some(({ message }) => message === "took a file to send"), {
    timeoutMs: 30_000,
  });
  daemon.signal("SIGKILL");
  await daemon.ended;
  hold = false;
  await fixture.start();
  await finished();
  await discord.until(() => files().length > 0, { timeoutMs: 10_000 });
  expect(files()).toEqual(["chart.png"]);
  const url = written(discord, channel).at(-1)?.attachments[0]?.url ?? "";
  expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(PNG);
});

test("a refusal reaches Claude with its reason, and nothing is sent", async () => {
  const { model, channel, ann, fixture, finished, files } = await setUp((request) =>
    request.step === 0 ? use("mcp__coord__send_file", { path: "/etc/hostname" }) : "I may not send that.",
  );
  await fixture.start();
  await ann.says(channel, "send me the name", { mention: true });
  await finished();
  expect(model.requests.at(-1)?.toolResults[0]).toMatchObject({
    isError: true,
    text: expect.stringContaining("outside the project"),
  });
  expect(files()).toEqual([]);
});

test.each([
  ["Allow once", [".env"], "env will be shown below your answer."],
  ["Deny", [], "Not sent, since it looks like a secret. A person denied this."],
])("a file that looks like a secret waits for a person, and %s decides", async (press, sent, told) => {
  const { discord, model, channel, ann, fixture, projectDir, finished, files } = await setUp((request) =>
    request.step === 0 ? use("mcp__coord__send_file", { path: ".env" }) : "That is all.",
  );
  mkdirSync(projectDir, { recursive: true });
  writeFileSync(join(projectDir, ".env"), "TOKEN=1");
  await fixture.start();
  await ann.says(channel, "send me the .env", { mention: true });
  const question = () => written(discord, channel).find(({ content }) => content.includes("🔐"));
  await discord.until(() => question() !== undefined, { timeoutMs: 30_000 });
  expect(question()?.content).toContain("send a file that looks like a secret into this channel");
  expect(question()?.content).toContain("```txt\n.env (7 bytes)\n```");
  const asked = question();
  if (asked === undefined) throw new Error("nobody was asked");
  await ann.clicks(asked, press);
  await finished();
  expect(model.requests.at(-1)?.toolResults[0]?.text).toContain(told);
  // The sign at the front of a hidden file's name would hide it from whoever saves it.
  await expect.poll(files, { timeout: 10_000 }).toEqual(sent.map((name) => name.slice(1)));
});

test("pictures that Claude has made and names stand below its answer, without being sent", async () => {
  const { discord, channel, ann, fixture, projectDir, finished, files } = await setUp(
    (request) =>
      request.step === 0
        ? use("Bash", { command: "mkdir -p out && cp old.png out/chart.png", description: "draw" })
        : "The chart is in `out/chart.png`; it replaces ![the old one](old.png).",
    { allowed_tools: ["Bash"] },
  );
  mkdirSync(projectDir, { recursive: true });
  writeFileSync(join(projectDir, "old.png"), PNG);
  await fixture.start();
  await ann.says(channel, "draw it", { mention: true });
  await finished();
  await discord.until(() => files().length > 0, { timeoutMs: 10_000 });
  expect(files()).toEqual(["chart.png"]);
  expect(written(discord, channel)[0]?.content).toContain("it replaces the old one (`old.png`).");
});

test("a long paste becomes the question, and what is answered is quoted", async () => {
  const { model, channel, ann, fixture, finished } = await setUp(() => "Understood.");
  await fixture.start();
  const first = await ann.says(channel, "", {
    mention: true,
    attachments: [{ name: "message.txt", data: "a very long story" }],
  });
  await finished();
  expect(model.requests.at(-1)?.lastUserText).toBe("a very long story");
  await ann.says(channel, "and this?", { mention: true, replyTo: first });
  await finished(2);
  expect(model.requests.at(-1)?.lastUserText).toMatch(/answers one by “ann”[\s\S]*> [\s\S]*\n\nand this\?/);
});

test("a file that came while a turn ran is still there for the turn that waited", async () => {
  let release: () => void = () => {};
  const first = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { model, channel, ann, fixture, finished } = await setUp(async (request) => {
    if (request.history.length === 1) await first;
    return "ok";
  });
  await fixture.start();
  await ann.says(channel, "one", { mention: true });
  const second = await ann.says(channel, "two", {
    mention: true,
    attachments: [{ name: "photo.png", data: PNG }],
  });
  const stored = join(fixture.home, ".claude-coordinator", "files", channel.id, second.id, "photo.png");
  await expect
    .poll(
      () => {
        try {
          return readFileSync(stored).length;
        } catch {
          return 0;
        }
      },
      { timeout: 20_000 },
    )
    .toBe(PNG.length);
  release();
  await finished(2);
  expect(JSON.stringify(model.requests.at(-1)?.messages.at(-1))).toContain('"type":"image"');
});
