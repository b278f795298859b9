import { readFileSync } from "node:fs";
import { type APIMessage, InteractionType, PermissionFlagsBits } from "discord-api-types/v10";
import { describe, expect, test } from "vitest";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { ask, isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { testDatabase } from "../support/database.ts";
import { bash, play } from "../support/fake-steps.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };
const EPHEMERAL = 1 << 6;
const COMMANDS = [
  "help",
  "stop",
  "status",
  "queue",
  "model",
  "reset",
  "session",
  "compact",
  "context",
  "usage",
];

/** Ann and bob may talk, max may manage, mallory is a member who may nothing. */
async function scene() {
  const { discord, model } = await realWorld();
  const channel = discord.addChannel("web");
  const elsewhere = discord.addChannel("elsewhere");
  const [ann, bob, mallory] = [
    discord.addMember("ann"),
    discord.addMember("bob"),
    discord.addMember("mallory"),
  ];
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Bash"] }],
    config: { access: { users: [ann.id, bob.id, max.id] } },
  });
  const daemon = await fixture.start();
  const says = (person: Person, text: string) => person.says(channel, text, { mention: true });
  const commands = () =>
    discord.requests.filter(({ method, path }) => method === "PUT" && path.endsWith("/commands"));
  await expect.poll(() => commands().length, PATIENCE).toBe(1);
  /** Runs a command and gives what the person reads. */
  const runs = async (person: Person, command: string, options = {}): Promise<APIMessage> => {
    const [reply] = await (await person.runs(channel, command, options)).waitsForReply({ timeoutMs: 10_000 });
    return reply!;
  };
  const bot = () => written(discord, channel);
  const text = () =>
    bot()
      .map(({ content }) => content)
      .join("\n");
  const session = () => createSessionStore(testDatabase(fixture.databaseFile), Date.now).current(channel.id);
  return {
    discord,
    model,
    channel,
    elsewhere,
    ann,
    bob,
    max,
    mallory,
    fixture,
    daemon,
    says,
    runs,
    bot,
    text,
    session,
    commands,
  };
}

describe("who may", () => {
  test("somebody without rights gets a private sentence from every command, and nothing happens", async () => {
    const { ann, channel, mallory, runs, session } = await scene();
    await ask(ann, channel, "My favourite colour is teal.");
    const before = session();
    for (const command of COMMANDS) {
      const reply = await runs(mallory, `/${command}`);
      expect(reply.content, command).toMatch(/You may not talk|Manage Server/);
      expect(reply.flags! & EPHEMERAL, command).toBe(EPHEMERAL);
    }
    expect(await mallory.typesOption(channel, "/model", "name", "so")).toEqual([]);
    expect(session()).toEqual(before);
  });

  test("in a channel without a project, commands say so", async () => {
    const { ann, elsewhere } = await scene();
    const [reply] = await (await ann.runs(elsewhere, "/stop")).waitsForReply();
    expect(reply?.content).toContain("belongs to no project");
  });

  test("who may talk but not manage can't reset or change the model", async () => {
    const { ann, runs } = await scene();
    for (const command of ["/reset", "/model"])
      expect((await runs(ann, command)).content).toContain("Manage Server");
  });
});

describe("commands", () => {
  test("are registered once, and not again when nothing has changed", async () => {
    const { daemon, fixture, discord, commands } = await scene();
    await daemon.stop();
    const gets = () =>
      discord.requests.filter(({ method, path }) => method === "GET" && path.endsWith("/commands"));
    const before = gets().length;
    await fixture.start();
    await expect.poll(() => gets().length, PATIENCE).toBe(before + 1);
    expect(commands()).toHaveLength(1);
  });

  test("/stop and the Stop button end a running turn; only the asker or a manager may", async () => {
    const { ann, bob, max, channel, says, runs, bot } = await scene();
    await says(ann, play(bash("tail -f /dev/null"), "Done."));
    const stoppable = () => bot().find(({ components }) => JSON.stringify(components ?? []).includes("Stop"));
    await expect.poll(stoppable, PATIENCE).toBeDefined();
    expect((await runs(bob, "/stop")).content).toContain("or a manager may stop this");
    expect((await runs(ann, "/stop")).content).toBe("Stopped.");
    await expect.poll(stoppable, PATIENCE).toBeUndefined();

    await says(ann, play(bash("tail -f /dev/null"), "Done."));
    await expect.poll(stoppable, PATIENCE).toBeDefined();
    const [reply] = await (await max.clicks(stoppable()!, "Stop")).waitsForReply();
    expect(reply?.content).toBe("Stopped.");
    await expect.poll(stoppable, PATIENCE).toBeUndefined();
    expect((await runs(ann, "/stop")).content).toBe("Nothing runs here.");
    const [answer] = await ask(ann, channel, "My favourite colour is teal.");
    expect(answer?.content).toContain("teal");
  });

  test("what waits behind a stopped turn is dropped by who asked it or a manager, also once it has begun, and by nobody else", async () => {
    const { ann, bob, max, mallory, channel, says, runs, bot, model, discord } = await scene();
    const tail = (name: string) => play(bash(`tail -f /dev/null # ${name}`), "Done.");
    const queue = async () => (await runs(ann, "/queue")).content;
    await says(ann, tail("first"));
    await expect.poll(() => JSON.stringify(bot()), PATIENCE).toContain("# first");
    await says(bob, tail("second"));
    await says(ann, "third question");
    await expect.poll(queue, PATIENCE).toMatch(/runs[\s\S]*second[\s\S]*third question/);

    const stopped = await runs(ann, "/stop");
    expect(stopped.content).toBe("Stopped. 2 messages wait and run next.");
    await expect.poll(queue, PATIENCE).toMatch(/1\..*\*\*runs\*\*.*second[\s\S]*2\. .*waits/);
    // Nobody else is offered the button; a client of one's own may send it all the same.
    const row = stopped.components![0] as { components: { custom_id: string }[] };
    const { custom_id } = row.components[0]!;
    const source = bot()[0]!;
    const press = { type: InteractionType.MessageComponent, data: { component_type: 2, custom_id }, source };
    const [refusal] = await (await mallory.forges(channel, press)).waitsForReply({ timeoutMs: 10_000 });
    expect(refusal?.content).toContain("You may not talk");
    expect(await queue()).toContain("third question");
    await ann.clicks(stopped, "Drop them");
    const shown = (person: Person, id: string) =>
      person.sees(channel).find((each) => each.id === id)?.content;
    await expect
      .poll(() => shown(ann, stopped.id), PATIENCE)
      .toBe("Stopped. Dropped 1 message. 1 message of others stays.");
    expect(await queue()).toMatch(/second/);
    expect(await queue()).not.toContain("third question");

    // A manager drops what others asked, by the Stop button too; what has begun meanwhile is stopped.
    await says(ann, tail("fourth"));
    await says(bob, "fifth question");
    await expect.poll(queue, PATIENCE).toContain("fifth question");
    const stoppable = () => bot().find(({ components }) => JSON.stringify(components ?? []).includes("Stop"));
    await expect.poll(stoppable, PATIENCE).toBeDefined();
    const offer = (await (await max.clicks(stoppable()!, "Stop")).waitsForReply({ timeoutMs: 10_000 })).at(
      -1,
    )!;
    expect(offer.content).toBe("Stopped. 2 messages wait and run next.");
    await expect.poll(queue, PATIENCE).toMatch(/1\..*\*\*runs\*\*.*fourth/);
    await says(bob, "sixth question");
    await expect.poll(queue, PATIENCE).toContain("sixth question");
    await max.clicks(offer, "Drop them");
    await expect.poll(() => shown(max, offer.id), PATIENCE).toBe("Stopped. Dropped 2 messages.");
    await expect.poll(queue, PATIENCE).toBe("Nothing runs or waits here.");
    const asked = JSON.stringify(model.requests);
    expect(asked).toContain("sixth question");
    expect(asked).not.toMatch(/third question|fifth question/);
    expect(discord.rateLimited).toEqual([]);
  });

  test("/queue shows what waits, and its author takes it back", async () => {
    const { ann, bob, says, runs, model } = await scene();
    await says(ann, play(bash("tail -f /dev/null"), "Done."));
    await says(bob, "second question");
    await expect
      .poll(async () => (await runs(bob, "/queue")).content, PATIENCE)
      .toMatch(/runs.*\n2\..*waits.*second question/);
    const queue = await runs(bob, "/queue");
    expect(
      (
        await (
          await bob.clicks(queue, "Cancel 1")
        ).waitsForReply({ done: (all) => all.some(({ content }) => content.includes("manager")) })
      ).length,
    ).toBeGreaterThan(0);
    await bob.clicks(queue, "Cancel 2");
    await expect
      .poll(async () => (await runs(bob, "/queue")).content, PATIENCE)
      .not.toContain("second question");
    expect((await runs(ann, "/stop")).content).toBe("Stopped.");
    await expect
      .poll(async () => (await runs(ann, "/queue")).content, PATIENCE)
      .toBe("Nothing runs or waits here.");
    expect(JSON.stringify(model.requests)).not.toContain("second question");
  });

  test("/status lists conversations with what they are worth", async () => {
    const { ann, channel, runs } = await scene();
    expect((await runs(ann, "/status")).content).toContain(`No session yet: <#${channel.id}>`);
    await ask(ann, channel, "My favourite colour is teal.");
    const { content, flags } = await runs(ann, "/status");
    expect(content).toMatch(new RegExp(`<#${channel.id}> · web · default model · 1 message · <t:\\d+:R>`));
    expect(content).toMatch(/up since <t:\d+:R> · Claude Code \d.*agents: 0 busy, 1 warm/);
    expect(flags! & EPHEMERAL).toBe(EPHEMERAL);
  });

  test("/reset asks first, names the session, and makes Claude forget", async () => {
    const { ann, max, channel, runs, session, text } = await scene();
    expect((await runs(max, "/reset")).content).toContain("There is no session");
    await ask(ann, channel, "My favourite colour is teal.");
    const before = session()!;

    const first = await runs(max, "/reset");
    expect(first.content).toContain("1 message");
    expect(first.content).toContain(before.sessionId);
    await (await max.clicks(first, "Cancel")).answered();
    expect(session()?.sessionId).toBe(before.sessionId);

    const second = await runs(max, "/reset");
    await (await max.clicks(second, "Yes, reset")).answered();
    await expect.poll(text, PATIENCE).toContain(`<@${max.id}> reset the session`);
    expect(session()).toBeUndefined();
    await ask(ann, channel, "What is my favourite colour?");
    expect(session()?.sessionId).not.toBe(before.sessionId);
    expect(JSON.stringify((await runs(ann, "/session")).components)).toContain(before.sessionId);
  });

  test("/model suggests aliases first, stores the name as it was typed, and uses it next", async () => {
    const { ann, max, channel, runs, model, fixture } = await scene();
    const suggested = await max.typesOption(channel, "/model", "name", "");
    expect(suggested.slice(0, 3).map(({ value }) => value)).toEqual(["sonnet", "opus", "haiku"]);
    const reply = await runs(max, "/model", { name: "haiku" });
    expect(reply.content).toContain("uses `haiku` (before: `default`)");
    expect(readFileSync(fixture.configFile, "utf8")).toContain("model: haiku");
    await expect.poll(async () => (await runs(max, "/model")).content, PATIENCE).toContain("uses `haiku`");
    await ask(ann, channel, "My favourite colour is teal.");
    expect(model.requests.at(-1)?.model).toContain("haiku");
  });

  test("/help and /session tell what a newcomer needs", async () => {
    const { ann, max, channel, runs, session } = await scene();
    expect((await runs(ann, "/help")).content).toMatch(/`\/stop`[\s\S]*for members with Manage Server/);
    expect((await runs(max, "/help")).content).toContain("`/reset` lets Claude forget");
    expect((await runs(ann, "/session")).content).toContain("no session here yet");
    await ask(ann, channel, "My favourite colour is teal.");
    expect((await runs(ann, "/session")).content).toContain(`claude --resume ${session()?.sessionId}`);
  });

  test.each([
    ["/usage", { of: "session" }, /cost|usage/i],
    ["/compact", {}, /compact/i],
  ])("%s runs in the session and is answered in the channel", async (command, options, expected) => {
    const { ann, channel, runs, bot } = await scene();
    expect((await runs(ann, command, options)).content).toContain("no session here yet");
    await ask(ann, channel, "My favourite colour is teal.");
    const before = bot().length;
    expect((await runs(ann, command, options)).content).toContain("runs as soon as");
    await expect
      .poll(
        () =>
          bot()
            .slice(before)
            .map(({ content }) => content)
            .join("\n"),
        PATIENCE,
      )
      .toMatch(expected);
    const [answer] = await ask(ann, channel, "What is my favourite colour?");
    expect(answer?.content).toBeDefined();
  });

  test("/context shows what fills the session, also when its agent has to be started for that", async () => {
    const { ann, channel, runs, daemon, fixture } = await scene();
    expect((await runs(ann, "/context")).content).toContain("no session here yet");
    await ask(ann, channel, "My favourite colour is teal.");
    expect((await runs(ann, "/context")).content).toMatch(
      /\*\*Context .* full, .*\n`[█░]+`\n[\s\S]*System prompt: /,
    );
    await daemon.stop();
    await fixture.start();
    const context = async () => (await runs(ann, "/context")).content;
    await expect.poll(context, PATIENCE).toMatch(/System prompt: /);
  });

  test("/usage shows a picture with the numbers beside it", async () => {
    const { ann, channel, runs } = await scene();
    expect((await runs(ann, "/usage")).content).toBe("Nothing was asked in 30 days.");
    await ask(ann, channel, "My favourite colour is teal.");
    const { content, attachments } = await runs(ann, "/usage", { days: 7 });
    expect(content).toMatch(/in 7 days: .* tokens read, .* written, 1 turn\.\n- web: /);
    expect(attachments).toMatchObject([{ filename: "usage.png", content_type: "image/png" }]);
  });

  test("a message is asked about from its menu", async () => {
    const { ann, bob, mallory, channel, model, bot } = await scene();
    const message = await bob.says(channel, "the build fails on main");
    const refused = await mallory.runsOn(channel, "Ask Claude about this", message);
    expect((await refused.waitsForReply())[0]?.content).toContain("You may not talk");
    const form = await (await ann.runsOn(channel, "Ask Claude about this", message)).answered();
    await form.submits({ text: "why is that?" });
    await expect.poll(() => bot().some(isFinished), PATIENCE).toBe(true);
    const asked = JSON.stringify(model.requests.at(-1)?.history);
    expect(asked).toContain("why is that?");
    expect(asked).toContain("> the build fails on main");
  });
});
