import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type APIMessage, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { bash, play } from "../support/fake-steps.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 30_000 };

/** Ann may talk, max manages, mallory may nothing; Claude asks about what is not allowed. */
async function scene() {
  const { discord, model } = await realWorld();
  const channel = discord.addChannel("web");
  const [ann, mallory] = [discord.addMember("ann"), discord.addMember("mallory")];
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Read", "Bash(git *)"] }],
    config: { access: { users: [ann.id, max.id] } },
  });
  await fixture.start();
  const runs = async (person: Person, options = {}): Promise<APIMessage> => {
    const [reply] = await (await person.runs(channel, "/permissions", options)).waitsForReply({
      timeoutMs: 30_000,
    });
    return reply!;
  };
  const bot = () => written(discord, channel);
  const said = () =>
    bot()
      .map(({ content }) => content)
      .join("\n");
  const prompts = () => bot().filter(({ components }) => JSON.stringify(components ?? []).includes('"ask:'));
  const prompt = async () => {
    await expect.poll(() => prompts().length, PATIENCE).toBe(1);
    return prompts()[0]!;
  };
  const ended = (count: number) => expect.poll(() => bot().filter(isFinished).length, PATIENCE).toBe(count);
  const says = (text: string) => ann.says(channel, text, { mention: true });
  const folder = join(fixture.home, "projects", "web");
  await expect
    .poll(
      () => discord.requests.some(({ method, path }) => method === "PUT" && path.endsWith("/commands")),
      PATIENCE,
    )
    .toBe(true);
  return {
    discord,
    channel,
    ann,
    max,
    mallory,
    fixture,
    runs,
    bot,
    said,
    prompts,
    prompt,
    ended,
    says,
    folder,
  };
}

test("what was always allowed is taken back while a turn runs, and asked again at its next use", async () => {
  const { channel, ann, mallory, runs, said, prompts, prompt, ended, says, folder } = await scene();
  const wait = "touch first; until [ -f go ]; do sleep 0.2; done";
  await says(play(bash("touch one"), bash("touch one"), "Done."));
  await ann.clicks(await prompt(), "Always in this session");
  await ended(1);
  const list = await runs(ann);
  expect(list.content).toContain("Allowed in the configuration: `Read`, `Bash(git *)`");
  const [, rule = ""] = /session:\n- `([^`]+)`/.exec(list.content) ?? [];
  expect(rule).toMatch(/^Bash\(touch/);

  await says(play(bash(wait), bash("touch one"), "Done."));
  await ann.clicks(await prompt(), "Allow once");
  await expect.poll(() => existsSync(join(folder, "first")), PATIENCE).toBe(true);
  const refused = await mallory.runs(channel, "/permissions");
  expect((await refused.waitsForReply())[0]?.content).toContain("You may not talk");
  await (await ann.selects(list, "Take back…", [`0:${rule}`])).answered();
  await expect.poll(said, PATIENCE).toContain(`<@${ann.id}> took back`);
  writeFileSync(join(folder, "go"), "");
  const again = await prompt();
  expect(again.content).toContain("touch one");
  await ann.clicks(again, "Deny");
  await ended(2);
  expect((await runs(ann)).content).not.toContain(rule);

  // The agent after it never knew the rule, and offers it anew.
  await says(play(bash("touch three"), "Done."));
  expect(JSON.stringify((await prompt()).components)).toContain("Always in this session");
  expect(prompts()).toHaveLength(1);
});

test("the mode is changed by who may manage, in the config too, and counts for what runs", async () => {
  const { ann, max, fixture, runs, said, ended, says, prompts, folder } = await scene();
  expect((await runs(ann)).content).toContain("(`default`)");
  expect((await runs(ann, { mode: "acceptEdits" })).content).toContain("Manage Server");
  expect((await runs(max, { mode: "acceptEdits" })).content).toContain("(before: `default`)");
  expect(readFileSync(fixture.configFile, "utf8")).toContain("permission_mode: acceptEdits");
  await expect.poll(said, PATIENCE).toContain(`<@${max.id}> set the permission mode`);
  await says(play({ tool: "Write", input: { file_path: join(folder, "made"), content: "x" } }, "Done."));
  await ended(1);
  expect(prompts()).toEqual([]);
  expect(existsSync(join(folder, "made"))).toBe(true);
});
