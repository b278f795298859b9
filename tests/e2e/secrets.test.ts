import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { demoScript } from "../../src/loopback/model/demo-script.ts";
import { isFinished, written } from "../support/answers.ts";
import { runBinary } from "../support/cli.ts";
import { daemonFixture } from "../support/daemon.ts";
import { bash, play, useTool } from "../support/fake-steps.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };

test("a token that Claude reads, uses and sends reaches neither Discord nor a log", async () => {
  // What Claude does is not in the question: who asks does not know the token.
  let answer = "";
  const { discord, model } = await realWorld({
    script: (request) => demoScript({ ...request, lastUserText: answer }),
  });
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Read", "Bash"] }],
    config: { logging: { level: "debug", messages: true } },
  });
  const { token } = discord;
  writeFileSync(join(fixture.home, "projects", "web", "leak.txt"), `the token is ${token}\n`);
  const daemon = await fixture.start();
  const answers = () => written(discord, channel).filter(isFinished);
  const ask = (...steps: readonly unknown[]) => {
    answer = play(...steps);
    return ann.says(channel, "Look into it, please.", { mention: true });
  };
  const said = () => written(discord, channel).map(({ content }) => content);

  await ask(
    bash("cat leak.txt"),
    // Long enough for its line to be shown.
    bash(`echo ${token} && sleep 4`),
    // Nobody can be asked about this one: it would have to be shown.
    useTool("Write", { file_path: "copy.txt", content: token }),
    useTool("mcp__coord__send_file", { path: "leak.txt" }),
    "I have read it, and keep it to myself.",
  );
  await expect.poll(() => answers().length, PATIENCE).toBe(1);
  expect(answers()[0]?.content).toContain("keep it to myself");
  expect(JSON.stringify(model.requests.at(-1)?.toolResults)).toContain(
    "Not sent: there is a secret of the bot in it.",
  );
  expect(said().filter((content) => content.startsWith("🔑"))).toHaveLength(1);

  await ask(`It is ${token}.`);
  await expect.poll(() => said().join(), PATIENCE).toContain("so it was stopped and is not shown");
  for (const command of ["/status", "/session", "/help", "/usage"])
    await (await ann.runs(channel, command)).answered();
  // What each of them prints is looked at, and so is all that lies in the home at the end.
  const coord = (...args: string[]) => runBinary(args, { HOME: fixture.home, PATH: process.env.PATH });
  const shown = await coord("config", "show");
  expect(shown.stdout).toContain(`token: "***"`);
  const [errorId = ""] = /\b[a-z]{8}\b/.exec((await coord("errors", "ls")).stdout.split("\n")[1] ?? "") ?? [];
  for (const args of [
    ["doctor"],
    ["doctor", "--security"],
    ["status"],
    ["errors", "show", errorId],
    ["sessions", "export", "web"],
    ["audit", "show"],
    ["logs", "-n", "1000"],
    ["backup", join(fixture.home, "backup.tar.gz")],
  ]) {
    expect((await coord(...args)).stdout, args.join(" ")).not.toBe("");
  }
  execFileSync("tar", ["-xzf", "backup.tar.gz", "--one-top-level"], { cwd: fixture.home });
  expect(readFileSync(join(fixture.home, "backup", "config.yaml"), "utf8")).not.toContain(token);
  expect(fixture.agentPids().length).toBeGreaterThan(0);
  await daemon.stop();

  const logs = readFileSync(join(fixture.home, ".claude-coordinator", "logs", "bot.log"), "utf8");
  for (const place of [
    "an answer",
    "what Claude used a tool with",
    "what people were to be asked about",
    "a file for people",
  ]) {
    expect(logs).toContain(`a secret of the bot was withheld: it was in ${place}`);
  }
  expect(logs).not.toContain(token);
  const sent = JSON.stringify(
    discord.requests.map(({ path, body, fileNames }) => ({ path, body, fileNames })),
  );
  expect(sent).not.toContain(token.slice(0, 30));
});
