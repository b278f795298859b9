import { expect, test } from "vitest";
import { written } from "../support/answers.ts";
import { runBinary } from "../support/cli.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

test("after a kill the administrators' channel is told once, with an id that finds more; after a stop it is not", async () => {
  const { discord, model } = await realWorld();
  const admins = discord.addChannel("admins");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: discord.addChannel("web").id }],
    config: { alerts: { channel_id: admins.id } },
  });
  const told = () => written(discord, admins).map(({ content }) => content);
  const first = await fixture.start();
  expect(await first.stop()).toBe(0);
  const second = await fixture.start();
  expect(told()).toEqual([]);
  second.signal("SIGKILL");
  await second.ended;

  const third = await fixture.start();
  await discord.until(() => told().length > 0, { timeoutMs: 30_000 });
  expect(told()).toEqual([expect.stringContaining("I was restarted after I had ended without stopping")]);
  const errorId = /errors show ([a-z-]+)/.exec(told()[0] ?? "")?.[1] ?? "";
  const { stdout } = await runBinary(["errors", "show", errorId], { HOME: fixture.home });
  expect(stdout).toContain(errorId);
  expect(await third.stop()).toBe(0);
  await fixture.start();
  expect(told()).toHaveLength(1);
});
