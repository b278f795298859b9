import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { written } from "../support/answers.ts";
import { runBinary } from "../support/cli.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

/** The built binary, with a channel for its administrators. */
async function setUp() {
  const { discord, model } = await realWorld();
  const admins = discord.addChannel("admins");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: discord.addChannel("web").id }],
    config: { alerts: { channel_id: admins.id } },
  });
  const told = () => written(discord, admins).map(({ content }) => content);
  const untilTold = (count: number) => discord.until(() => told().length >= count, { timeoutMs: 30_000 });
  const errorShow = async (id: string) => {
    const { stdout } = await runBinary(["errors", "show", id], { HOME: fixture.home });
    return stdout;
  };
  return { admins, fixture, told, untilTold, errorShow };
}

const idIn = (text = "") => /errors show ([a-z-]+)/.exec(text)?.[1] ?? "";

test("after a kill the administrators' channel is told once, with an id that finds more; after a stop it is not", async () => {
  const { fixture, told, untilTold, errorShow } = await setUp();
  const first = await fixture.start();
  expect(await first.stop()).toBe(0);
  const second = await fixture.start();
  expect(told()).toEqual([]);
  second.signal("SIGKILL");
  await second.ended;

  const third = await fixture.start();
  await untilTold(1);
  expect(told()).toEqual([expect.stringContaining("I was restarted after I had ended without stopping")]);
  const errorId = idIn(told()[0]);
  expect(await errorShow(errorId)).toContain(errorId);
  expect(await third.stop()).toBe(0);
  await fixture.start();
  expect(told()).toHaveLength(1);
});

test("an error that nobody catches ends the bot with an error id in its log, and the next start tells that one", async () => {
  const { fixture, told, untilTold, errorShow } = await setUp();
  // A bug somewhere in the process, at a moment of ours.
  const bug = join(fixture.home, "bug.mjs");
  writeFileSync(
    bug,
    'process.once("SIGUSR2", () => setImmediate(() => { throw new Error("planted bug"); }));\n',
  );
  const daemon = await fixture.start({ NODE_OPTIONS: `--import ${bug}` });
  daemon.signal("SIGUSR2");
  expect(await daemon.ended).toBe(70);
  const log = fixture.log();
  const crash = log.find(({ message }) => message === "the bot crashed");
  expect(crash).toMatchObject({ level: "ERROR", error_id: expect.stringMatching(/^[a-z-]+$/) });
  // It still ended what it had begun.
  expect(log.at(-1)?.message).toBe("serve ends");

  await fixture.start();
  await untilTold(1);
  expect(told()).toEqual([expect.stringContaining("**I was restarted after a crash**")]);
  expect(idIn(told()[0])).toBe(crash?.error_id);
  expect(await errorShow(String(crash?.error_id))).toMatch(
    /Why\n {2}the bot crashed\n {2}(Error: )?planted bug/,
  );
});

test("a disk with too little room is told once, and once more when there is room", async () => {
  const { admins, fixture, told, untilTold } = await setUp();
  const asks = (bytes: number) =>
    fixture.writeConfig({ alerts: { channel_id: admins.id, disk_min_bytes: bytes } });
  // More than any disk has.
  asks(2 ** 50);
  await fixture.start();
  await untilTold(1);
  expect(told()).toEqual([
    expect.stringMatching(/^⚠️ \*\*The disk is nearly full\*\*: [\d.]+ [GM]iB free at /),
  ]);
  asks(0);
  await untilTold(2);
  expect(told()[1]).toMatch(/^✅ There is room again on the disk of /);
});
