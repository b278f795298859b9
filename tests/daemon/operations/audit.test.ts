import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { createRefusalCount } from "../../../src/daemon/operations/refusal-count.ts";
import { wholeDaemon } from "../../support/whole-daemon.ts";

const PATIENCE = { timeout: 30_000 };

const refusal = (userId: string) => ({
  type: "refused",
  fields: { user_id: userId, what: "message", reason: "not_allowed", conversation: "1" },
});

test("a thousand refusals of one person in a minute are two records, and hide nobody else's", () => {
  let nowMs = 0;
  const refusals = createRefusalCount(() => nowMs);
  const written = [];
  for (let each = 0; each < 1_000; each += 1) written.push(...refusals.of(refusal("mallory")));
  written.push(...refusals.of(refusal("eve")));
  expect(written).toEqual([refusal("mallory"), refusal("eve")]);
  nowMs += 60_000;
  const later = refusals.of(refusal("mallory"));
  expect(later.map(({ fields }) => fields)).toEqual([
    { ...refusal("mallory").fields, repeated: 999 },
    refusal("mallory").fields,
  ]);
  refusals.of(refusal("mallory"));
  expect(refusals.rest()).toMatchObject([{ fields: { repeated: 1 } }]);
  expect(refusals.rest()).toEqual([]);
});

test("an audit log that can't be written stops no turn; an admin is told once, and once when it is written again", async () => {
  const known: { alerts?: { readonly id: string } } = {};
  const world = await wholeDaemon({
    config: (discord) => {
      known.alerts = discord.addChannel("alerts");
      return { alerts: { channel_id: known.alerts.id } };
    },
  });
  const { discord, ann, web, paths, lines, contents } = world;
  // As root, a folder without rights would stop nobody; one in the place of the file does.
  mkdirSync(paths.audit, { recursive: true });
  await world.start();
  const told = () => contents(known.alerts);
  const answered = (text: string) =>
    expect.poll(() => contents().some((content) => content.startsWith(`${text} line`)), PATIENCE).toBe(true);
  await ann.says(web, "m1", { mention: true });
  await answered("m1");
  await ann.says(web, "m2", { mention: true });
  await answered("m2");
  await expect.poll(told, PATIENCE).toEqual([expect.stringContaining("The audit log can't be written")]);
  expect(lines.filter(({ message }) => message.startsWith("the audit log can't be written"))).toHaveLength(1);

  rmSync(paths.audit, { recursive: true });
  chmodSync(dirname(paths.audit), 0o700);
  await ann.says(web, "m3", { mention: true });
  await answered("m3");
  await expect.poll(() => told().at(-1), PATIENCE).toContain("is written again");
  expect(readFileSync(paths.audit, "utf8").split("\n")[0]).toMatch(/"type":"records_lost","lost":\d+/);
  expect(discord.requests.length).toBeGreaterThan(0);
});

test("texts of people are in it only with logging.messages, and a secret of the bot never", async () => {
  const world = await wholeDaemon({ config: { logging: { messages: true } } });
  const { ann, web, paths, discord } = world;
  await world.start();
  await ann.says(web, `m1 my text ${discord.token}`, { mention: true });
  await expect
    .poll(() => readFileSync(paths.audit, "utf8"), PATIENCE)
    .toContain('"prompt":"m1 my text [secret]"');
  expect(readFileSync(paths.audit, "utf8")).not.toContain(discord.token);
});
