import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startLoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { startScriptedModel } from "../../src/loopback/model/scripted-model.ts";
import { cliFixture, runBinary } from "../support/cli.ts";
import { daemonFixture } from "../support/daemon.ts";

test("what a person does in a shell counts at once for the running bot", async () => {
  const discord = await startLoopbackDiscord();
  const model = await startScriptedModel();
  onTestFinished(async () => {
    await discord.stop();
    await model.stop();
  });
  const web = discord.addChannel("web");
  const docs = discord.addChannel("docs");
  const ann = discord.addMember("ann");
  const projects = [{ name: "web", channel_id: web.id }];
  const fixture = daemonFixture({ discord, modelUrl: model.url, projects });
  const shell = (...args: string[]) =>
    runBinary(args, { PATH: process.env.PATH, HOME: fixture.home, LANG: "C.UTF-8" });
  const json = async <T>(...args: string[]) => JSON.parse((await shell(...args, "--json")).stdout) as T;
  const ask = async (channel: { readonly id: string; readonly name: string }, text: string) => {
    const message = await ann.says(channel, text, { mention: true });
    const isWhole = (replies: readonly { content: string }[]) =>
      replies.some(({ content }) => /^-# \d/m.test(content));
    const replies = await ann.waitsForReply(message, { timeoutMs: 30_000, done: isWhole });
    return replies.map(({ content }) => content).join("\n");
  };
  await fixture.start();

  await ask(web, "My favourite colour is teal.");
  const [before] = await json<{ session_id: string; message_count: number }[]>("sessions", "ls");
  expect(before).toMatchObject({ message_count: 1 });
  expect((await shell("sessions", "show", "web")).stdout).toMatch(/My favourite colour is teal\..*answered/);
  expect((await shell("sessions", "export", "web")).stdout).toContain("> My favourite colour is teal.");

  expect(await shell("sessions", "reset", "web", "--yes")).toMatchObject({ code: 0 });
  await expect.poll(() => fixture.agentPids(), { timeout: 10_000 }).toEqual([]);
  expect(await ask(web, "What is my favourite colour?")).not.toContain("teal");
  expect((await json<{ session_id: string }[]>("sessions", "ls"))[0]?.session_id).not.toBe(
    before?.session_id,
  );

  const folder = join(fixture.home, "projects", "docs");
  mkdirSync(folder);
  const added = await shell("project", "add", "docs", "--channel", docs.id, "--dir", folder);
  expect(added).toMatchObject({ code: 0 });
  await expect
    .poll(() => fixture.log().some(({ message }) => String(message).includes("changed")))
    .toBe(true);
  expect(await ask(docs, "My favourite colour is red.")).toContain("red");

  const { findings } = await json<{ findings: { check: string; status: string }[] }>("doctor");
  expect(findings).toContainEqual(expect.objectContaining({ check: "daemon", status: "ok" }));
  expect(findings).toContainEqual(expect.objectContaining({ check: "claude.login", status: "ok" }));
  expect(findings.filter(({ status }) => status === "problem")).toEqual([]);
  expect((await shell("logs", "--level", "info")).stdout).toMatch(/INFO {2}ready/);

  // Another command stands in for the CLI in the terminal; the agent that is ended is the real one.
  const terminal = cliFixture(undefined, fixture.home);
  const other = join(fixture.home, "other.yaml");
  writeFileSync(other, terminal.config().replace("claude:\n", "claude:\n  command: /bin/echo\n"), {
    mode: 0o600,
  });
  const agents = fixture.agentPids();
  const attached = await terminal.run(["sessions", "attach", "docs", "-c", other], {
    answers: [["End it, and go on here?", "y\r"]],
  });
  expect(attached).toMatchObject({ code: 0 });
  expect(fixture.agentPids().length).toBe(agents.length - 1);

  const archive = join(fixture.home, "bot.tar.gz");
  expect(await shell("backup", archive)).toMatchObject({ code: 0 });
  expect(await shell("restore", archive, "--yes")).toMatchObject({ code: 1 });
  expect(await ask(docs, "What is my favourite colour?")).toContain("red");
});
