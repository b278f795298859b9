import { existsSync } from "node:fs";
import { join } from "node:path";
import { type APIInteraction, type APIMessage, ComponentType, InteractionType } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { bash, play, useTool } from "../support/fake-steps.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };
const EPHEMERAL = 1 << 6;

/** Ann and bob may talk; mallory is a member of the guild who may not, eve has left it. */
async function scene(project: Record<string, unknown> = {}, config: Record<string, unknown> = {}) {
  const { discord, model } = await realWorld();
  const channel = discord.addChannel("web");
  const [ann, bob, mallory] = ["ann", "bob", "mallory"].map((name) => discord.addMember(name)) as [
    ReturnType<LoopbackDiscord["addMember"]>,
    ReturnType<LoopbackDiscord["addMember"]>,
    ReturnType<LoopbackDiscord["addMember"]>,
  ];
  const eve = discord.addMember("eve");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Read"], ...project }],
    config: { access: { users: [ann.id, bob.id] }, ...config },
  });
  const says = (text: string) => ann.says(channel, text, { mention: true });
  // The answer itself has a Stop button while it is written: that is no question.
  const prompts = () =>
    written(discord, channel).filter(({ components }) => JSON.stringify(components ?? []).includes('"ask:'));
  const prompt = async (): Promise<APIMessage> => {
    await expect.poll(() => prompts().length, PATIENCE).toBe(1);
    return prompts()[0]!;
  };
  const finished = () => written(discord, channel).filter(isFinished);
  const ended = (count: number) => expect.poll(() => finished().length, PATIENCE).toBe(count);
  const made = (file: string) => existsSync(join(fixture.home, "projects", "web", file));
  const said = () =>
    written(discord, channel)
      .map(({ content }) => content)
      .join("\n");
  const latest = (id: string) => written(discord, channel).find((message) => message.id === id)?.content;
  /** Neither mallory nor eve, whose client keeps to no rules, gets further than a sentence that others don't see. */
  const refusesOthers = async (asked: APIMessage, customId: RegExp) => {
    const [id] = JSON.stringify(asked.components).match(new RegExp(`ask:[^"]*${customId.source}`)) ?? [];
    expect(id).toBeDefined();
    const data = { component_type: ComponentType.Button, custom_id: id };
    for (const [person, altered] of [
      [mallory, (told: APIInteraction) => told],
      [eve, withoutMember],
    ] as const) {
      const press = { type: InteractionType.MessageComponent, data, source: asked, altered };
      const interaction = await person.forges(channel, press);
      const [reply] = await interaction.waitsForReply({ timeoutMs: 10_000 });
      expect(reply?.content).toMatch(/^Only members who may talk to Claude here|works only in the guild/);
      expect(reply?.flags).toBe(EPHEMERAL);
      expect(interaction.modal).toBeUndefined();
    }
    expect((await prompt()).id).toBe(asked.id);
  };
  const daemon = await fixture.start();
  return {
    discord,
    model,
    ann,
    bob,
    mallory,
    refusesOthers,
    fixture,
    daemon,
    says,
    prompt,
    prompts,
    ended,
    made,
    latest,
    said,
  };
}

/** What Discord would tell of somebody who is in no guild of the bot's. */
function withoutMember(told: APIInteraction): APIInteraction {
  const { member, guild_id: _guild, guild: _whole, ...rest } = told as unknown as Told;
  return { ...rest, user: member.user, context: 1 } as unknown as APIInteraction;
}

interface Told {
  readonly member: { readonly user: object };
  readonly guild_id: string;
  readonly guild: object;
}

test("a tool runs once somebody who may allows it, and a stranger can't", async () => {
  const { bob, mallory, says, prompt, ended, made, latest } = await scene();
  await says(play(bash("touch allowed"), "Done."));
  const asked = await prompt();
  expect(asked.content).toContain("```sh\ntouch allowed\n```");

  const refused = await mallory.clicks(asked, "Allow once");
  const [reply] = await refused.waitsForReply();
  expect(reply?.content).toContain("Only members who may talk to Claude here");
  expect(reply?.flags).toBe(EPHEMERAL);
  expect(made("allowed")).toBe(false);

  await bob.clicks(asked, "Allow once");
  await ended(1);
  expect(made("allowed")).toBe(true);
  expect(latest(asked.id)).toContain(`✅ Allowed once** by <@${bob.id}>`);
});

test("a denial with its reason reaches Claude, and the turn goes on", async () => {
  const { ann, model, says, prompt, refusesOthers, ended, made } = await scene();
  await says(play(bash("touch denied"), "Then not."));
  for (const button of [/why/, /always/, /deny/]) await refusesOthers(await prompt(), button);
  const click = await ann.clicks(await prompt(), "Deny and say why…");
  await (await click.answered()).submits({ text: "use the Makefile" });
  await ended(1);
  expect(made("denied")).toBe(false);
  expect(JSON.stringify(model.requests.at(-1)?.toolResults)).toContain("use the Makefile");
});

test("what is always allowed is not asked again, also after a restart of the daemon", async () => {
  const { ann, daemon, fixture, says, prompt, prompts, ended, made } = await scene();
  await says(play(bash("touch one"), "Done."));
  const asked = await prompt();
  expect(asked.content).toMatch(/Always in this session\* would allow `Bash\(touch .*\)`/);
  await ann.clicks(asked, "Always in this session");
  await ended(1);
  await daemon.stop();
  await fixture.start();
  await says(play(bash("touch one"), "Done again."));
  await ended(2);
  expect(prompts()).toEqual([]);
  expect(made("one")).toBe(true);
});

test("a request that nobody answers is denied after the configured time", async () => {
  const { says, ended, made, said } = await scene({}, { approvals: { timeout: "1s" } });
  await says(play(bash("touch late"), "Then not."));
  await ended(1);
  expect(made("late")).toBe(false);
  expect(said()).toContain("Nobody answered in time");
});

test("stopping a daemon that waits for an answer leaves no live button behind", async () => {
  const { ann, daemon, fixture, says, prompt, prompts } = await scene({}, { shutdown: { grace: "0s" } });
  await says(play(bash("touch never"), "Done."));
  const asked = await prompt();
  daemon.signal("SIGKILL");
  await daemon.ended;
  await fixture.start();
  await expect.poll(() => prompts().some(({ id }) => id === asked.id), PATIENCE).toBe(false);
  await expect(ann.clicks(asked, "Allow once")).rejects.toThrow();
});

test("a question of Claude's own is answered by a press", async () => {
  const { ann, model, says, prompt, refusesOthers, ended } = await scene();
  const question = {
    question: "Which colour?",
    header: "Colour",
    multiSelect: false,
    options: [
      { label: "Red", description: "warm" },
      { label: "Blue", description: "cool" },
    ],
  };
  await says(play(useTool("AskUserQuestion", { questions: [question] }), "Thanks."));
  const asked = await prompt();
  expect(asked.content).toContain("❓ **Which colour?**");
  await refusesOthers(asked, /q0:1/);
  await ann.clicks(asked, "Blue");
  await ended(1);
  const results = JSON.stringify(model.requests.at(-1)?.toolResults);
  expect(results).toContain("Which colour?");
  expect(results).toContain("Blue");
});

test("several questions are chosen, one in own words, and sent together", async () => {
  const { ann, bob, model, says, prompt, refusesOthers, ended } = await scene();
  const options = ["Apple", "Fig", "Plum"].map((label) => ({ label, description: "a fruit" }));
  const questions = [
    { question: "Which fruits?", header: "Fruits", multiSelect: true, options },
    { question: "When?", header: "Time", multiSelect: false, options: options.slice(0, 2) },
  ];
  await says(play(useTool("AskUserQuestion", { questions }), "Thanks."));
  const asked = await prompt();
  await refusesOthers(asked, /send/);
  await refusesOthers(asked, /q1:other/);
  await (await ann.selects(asked, "Fruits", ["0", "2"])).answered();
  const form = await (await bob.clicks(asked, "Other…")).answered();
  await (await form.submits({ text: "at dusk" })).answered();
  await expect
    .poll(async () => JSON.stringify((await prompt()).components), PATIENCE)
    .toContain("Other: at dusk");
  await ann.clicks(await prompt(), "Send");
  await ended(1);
  const results = JSON.stringify(model.requests.at(-1)?.toolResults);
  expect(results).toContain("Apple, Plum");
  expect(results).toContain("at dusk");
});

test("a plan is sent back with a comment, then approved", async () => {
  const { ann, model, says, prompt, refusesOthers, ended } = await scene({ permission_mode: "plan" });
  await says(play(useTool("ExitPlanMode", {}), useTool("ExitPlanMode", {}), "Begun."));
  const first = await prompt();
  for (const button of [/approve/, /keep/]) await refusesOthers(first, button);
  const form = await (await ann.clicks(first, "Keep planning…")).answered();
  await form.submits({ text: "tests first" });
  await expect.poll(async () => (await prompt()).id, PATIENCE).not.toBe(first.id);
  expect(JSON.stringify(model.requests.at(-1)?.toolResults)).toContain("tests first");
  await ann.clicks(await prompt(), "Approve");
  await ended(1);
  expect(JSON.stringify(model.requests.at(-1)?.toolResults)).toContain("approved");
});
