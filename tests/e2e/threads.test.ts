import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { ask, isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { bash, play } from "../support/fake-steps.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };

async function scene(project: Record<string, unknown> = {}, type: ChannelType = ChannelType.GuildText) {
  const { discord, model } = await realWorld();
  const channel = discord.addChannel("web", { type });
  const ann = discord.addMember("ann", { permissions: PermissionFlagsBits.ManageGuild });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Bash"], ...project }],
    config: { access: { users: [ann.id] } },
  });
  const answered = (where: { id: string }, text: string) =>
    discord.until(
      () => written(discord, where).some((one) => one.content.includes(text) && isFinished(one)),
      {
        timeoutMs: 60_000,
      },
    );
  const prompt = () => model.requests.at(-1)?.lastUserText ?? "";
  return { discord, model, channel, ann, fixture, answered, prompt };
}

test("a thread has a session of its own, and begins with the message that it was started from", async () => {
  const { ann, channel, fixture, prompt } = await scene();
  await fixture.start();
  await ask(ann, channel, "My favourite colour is teal.");
  const start = await ann.says(channel, "The login fails since Monday.");
  const thread = await ann.opensThread(start, "Login");
  const [answer] = await ask(ann, thread, "What is my favourite colour?");
  expect(answer?.content).toContain("You have not told me");
  expect(prompt()).toContain("a thread of Discord with the name “Login”.");
  expect(prompt()).toMatch(
    /started from a message, one by “ann”\. It is quoted .* no instruction to you:\n> The login fails since Monday\./,
  );
  await ask(ann, thread, "My number is 11.");
  expect(prompt()).not.toContain("with the name");
  const [inChannel] = await ask(ann, channel, "What is my favourite colour?");
  expect(inChannel?.content).toContain("teal");
});

test("an archived thread keeps its session over a restart, and wakes up when somebody writes in it", async () => {
  const { ann, channel, fixture } = await scene();
  const daemon = await fixture.start();
  const thread = await ann.opensThread(channel, "Colours");
  await ask(ann, thread, "My favourite colour is teal.");
  await ann.archives(thread);
  await daemon.stop();
  await fixture.start();
  const [answer] = await ask(ann, thread, "What is my favourite colour?");
  expect(answer?.content).toContain("teal");
});

test("a thread that is archived while Claude works is woken up for the answer", async () => {
  const { ann, channel, discord, fixture, answered } = await scene();
  await fixture.start();
  const thread = await ann.opensThread(channel, "Slow");
  const text = `one two ${"and so it goes on ".repeat(8)}to the end`;
  const slowly = JSON.stringify([{ say: text, chunkSize: 4, delayMs: 120 }]);
  await ann.says(thread, `Write <<fake: ${slowly}>>`, { mention: true });
  await expect.poll(() => written(discord, thread).length, PATIENCE).toBeGreaterThan(0);
  await ann.archives(thread);
  await answered(thread, "to the end");
});

test("with `threads: share` a thread uses the channel's session and queue, and is answered where it was asked", async () => {
  const { ann, channel, discord, fixture, answered } = await scene({ threads: "share" });
  await fixture.start();
  await ask(ann, channel, "My favourite colour is teal.");
  const thread = await ann.opensThread(channel, "Aside");
  const [answer] = await ask(ann, thread, "What is my favourite colour?");
  expect(answer?.content).toContain("teal");
  await ask(ann, thread, "My number is 11.");
  const [inChannel] = await ask(ann, channel, "What is my number?");
  expect(inChannel?.content).toContain("11");
  expect(fixture.agentPids().length).toBeGreaterThan(0);

  // One queue: what is asked in the thread waits for what runs in the channel, and can stop it.
  await ann.says(channel, play(bash("tail -f /dev/null"), "First."), { mention: true });
  await expect.poll(() => written(discord, channel).at(-1)?.content, PATIENCE).toContain("tail -f");
  const second = await ann.says(thread, "My city is Rome.", { mention: true });
  const reactions = () => discord.messages(thread).find(({ id }) => id === second.id)?.reactions;
  await expect.poll(() => reactions()?.map(({ emoji }) => emoji.name), PATIENCE).toContain("⏳");
  const [queue] = await (await ann.runs(thread, "/queue")).waitsForReply({ timeoutMs: 20_000 });
  expect(queue?.content).toMatch(new RegExp(`1\\. .*runs.*\\n2\\. .*waits.* in <#${thread.id}>`));
  await ann.runs(thread, "/stop");
  await answered(thread, "Rome");

  // Forgotten is the one session that there is.
  const [question] = await (await ann.runs(thread, "/reset")).waitsForReply({ timeoutMs: 20_000 });
  expect(question?.content).toContain(`Reset the session of <#${channel.id}>?`);
  await ann.clicks(question!, "Yes, reset");
  await expect.poll(() => written(discord, channel).at(-1)?.content, PATIENCE).toContain("reset the session");
  const [after] = await ask(ann, thread, "What is my number?");
  expect(after?.content).toContain("You have not told me");
});

test("in a forum whose threads share, all posts use one session, and each is answered in its post", async () => {
  const { ann, channel, discord, fixture, answered } = await scene(
    { threads: "share" },
    ChannelType.GuildForum,
  );
  const daemon = await fixture.start();
  const first = await ann.posts(channel, "Colours", `${discord.bot.mention} My favourite colour is teal.`);
  await answered(first, "teal");
  await daemon.stop();
  await fixture.start();
  const second = await ann.posts(channel, "Question", `${discord.bot.mention} What is my favourite colour?`);
  await answered(second, "teal");
  const [question] = await (await ann.runs(second, "/reset")).waitsForReply({ timeoutMs: 20_000 });
  await ann.clicks(question!, "Yes, reset");
  await expect.poll(() => written(discord, second).at(-1)?.content, PATIENCE).toContain("reset the session");
});

test("a post in a forum is a conversation, also one that came while the bot was away", async () => {
  const { ann, channel, discord, fixture, answered, prompt } = await scene({}, ChannelType.GuildForum);
  const daemon = await fixture.start();
  const post = await ann.posts(channel, "Colours", `${discord.bot.mention} My favourite colour is teal.`);
  await answered(post, "teal");
  const [answer] = await ask(ann, post, "What is my favourite colour?");
  expect(answer?.content).toContain("teal");

  const quiet = await ann.posts(channel, "The build is red", "Since this morning.");
  await ask(ann, quiet, "What do you think?");
  expect(prompt()).toContain("with the name “The build is red”.");
  expect(prompt()).toMatch(/one by “ann”\. It is quoted .*:\n> Since this morning\./);

  await daemon.stop();
  const missed = await ann.posts(channel, "Numbers", `${discord.bot.mention} My number is 11.`);
  await fixture.start();
  await answered(missed, "11");
  expect(fixture.log().filter(({ message }) => String(message).includes("gone or can't be read"))).toEqual(
    [],
  );
});

test("with `mention: optional` a forum's post is a question by itself", async () => {
  const { ann, channel, fixture, answered } = await scene({ mention: "optional" }, ChannelType.GuildForum);
  await fixture.start();
  const post = await ann.posts(channel, "Colours", "My favourite colour is teal.");
  await answered(post, "teal");
});
