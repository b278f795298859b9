import { expect, test } from "vitest";
import { runBinary } from "../support/cli.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

test("status tells in a shell how the bot is, from its start to its end", async () => {
  const { discord, model } = await realWorld();
  const web = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: web.id }],
  });
  const status = async () => {
    const env = { PATH: process.env.PATH, HOME: fixture.home, LANG: "C.UTF-8" };
    const { code, stdout } = await runBinary(["status", "--json"], env);
    return { code, ...JSON.parse(stdout) };
  };
  expect(await status()).toMatchObject({ code: 1, health: "never_started", daemon: null });

  const daemon = await fixture.start();
  expect(await status()).toMatchObject({
    code: 0,
    health: "running",
    daemon: { pid: daemon.pid, bot: "claude", agents: { busy: 0 } },
  });

  const words = "one two three four five six seven eight";
  const script = `[{"say":"${words}","chunkSize":4,"delayMs":400}]`;
  const slow = await ann.says(web, `Count <<fake: ${script}>>`, { mention: true });
  await expect
    .poll(status, { timeout: 30_000 })
    .toMatchObject({ queue: { running: 1 }, daemon: { agents: { busy: 1 } } });
  await ann.waitsForReply(slow, {
    timeoutMs: 60_000,
    done: (messages) => messages.some(({ content }) => /^-# \d/m.test(content)),
  });
  await expect.poll(status, { timeout: 30_000 }).toMatchObject({
    queue: { running: 0 },
    daemon: { agents: { busy: 0, idle: 1 } },
  });

  await discord.faults.goAway();
  await expect.poll(status, { timeout: 30_000 }).toMatchObject({ code: 1, health: "disconnected" });
  await discord.faults.comeBack();
  await expect.poll(status, { timeout: 60_000 }).toMatchObject({ code: 0, health: "running" });

  expect(await daemon.stop()).toBe(0);
  expect(await status()).toMatchObject({
    code: 1,
    health: "stopped",
    daemon: { agents: { busy: 0, idle: 0 } },
  });

  const killed = await fixture.start();
  killed.signal("SIGKILL");
  await killed.ended;
  expect(await status()).toMatchObject({ code: 1, health: "died" });
});
