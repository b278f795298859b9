import { describe, expect, onTestFinished, test } from "vitest";
import type { PermissionAnswer } from "../../../src/core/agents/agent.ts";
import type { PermissionRequest } from "../../../src/core/turns/prompts.ts";
import type { Turn } from "../../../src/core/turns/turn.ts";
import { createChannelApi } from "../../../src/discord/channel/channel-api.ts";
import { createPrompts, type Prompts } from "../../../src/discord/prompts/prompts.ts";
import { createGrantStore } from "../../../src/sqlite/grants.ts";
import { createPromptStore } from "../../../src/sqlite/prompts.ts";
import { testDatabase } from "../../support/database.ts";
import { interactionBot, NO_EVENTS, startDiscord } from "../../support/interaction-bot.ts";
import { NO_SECRETS } from "../../support/no-secrets.ts";
import { projectIn } from "../../support/projects.ts";

const EPHEMERAL = 1 << 6;

const REQUEST: PermissionRequest = {
  type: "permission_requested",
  requestId: "r1",
  toolUseId: "u1",
  toolName: "Bash",
  input: { command: "npm test" },
  suggestions: [{ type: "addRules", behavior: "allow", rules: [{ toolName: "Bash", ruleContent: "npm *" }] }],
};

/** A channel in which a turn of ann's runs, on a real database; `restart` gives the prompts of a new process. */
async function scene(options: { timeoutMs?: number } = {}) {
  const discord = await startDiscord();
  const channel = discord.addChannel("web");
  const [ann, bob] = [discord.addMember("ann"), discord.addMember("bob")];
  const mallory = discord.addMember("mallory");
  const db = testDatabase();
  const store = createPromptStore(db, Date.now);
  const grants = createGrantStore(db, Date.now);
  const access = { users: [ann.id, bob.id], roles: [], everyone: false };
  const current: { prompts: Prompts | undefined } = { prompts: undefined };
  let ids = 0;
  const bot = await interactionBot(
    discord,
    ({ rest }) => {
      const make = () =>
        createPrompts({
          channel: (id) => createChannelApi(rest, id),
          store,
          grants,
          sessionId: () => "session-1",
          project: () => projectIn(channel, { access }),
          timeoutMs: () => options.timeoutMs ?? 60_000,
          newId: () => `p${++ids}`,
          now: Date.now,
          redactor: NO_SECRETS,
          events: NO_EVENTS,
          log: { info: () => {}, warn: () => {} },
        });
      restart = () => {
        current.prompts = make();
        return current.prompts;
      };
      restart();
      return {
        components: {
          ask: { action: "approve", answers: "privately", open: (one) => current.prompts!.handler.open(one) },
        },
      };
    },
    {
      projects: [projectIn(channel, { access })],
      policy: { access: undefined, admins: { users: [], roles: [] } },
    },
  );
  const question = await ann.says(channel, "please test", { mention: true });
  const turn = {
    id: "t1",
    conversationId: channel.id,
    channelId: channel.id,
    guildId: discord.guild.id,
  } as Turn;
  const answers: PermissionAnswer[] = [];
  const asked = { ...turn, projectName: "web", messageId: question.id, authorId: ann.id } as Turn;
  const open = (request = REQUEST) => current.prompts!.open(request, asked, (answer) => answers.push(answer));
  onTestFinished(async () => {
    current.prompts!.closeTurn("t1");
    await current.prompts!.idle(5_000);
  });
  const messages = () => discord.messages(channel).filter((one) => one.author.id === discord.bot.id);
  const forgetMessage = async (id: string) => {
    await expect.poll(() => store.find(id)?.messageId).toBeDefined();
    db.prepare("UPDATE prompts SET message_id = NULL WHERE id = ?").run(id);
  };
  const shown = async () => {
    await expect.poll(() => messages().length).toBe(1);
    return messages()[0]!;
  };
  return {
    db,
    discord,
    channel,
    ann,
    bob,
    mallory,
    bot,
    store,
    grants,
    open,
    answers,
    shown,
    messages,
    forgetMessage,
    prompts: () => current.prompts!,
    restart: () => restart(),
  };
}

let restart: () => Prompts;

describe("a request for permission", () => {
  test("is a message that pings the asker, with the command and its buttons", async () => {
    const { ann, open, shown } = await scene();
    open();
    const message = await shown();
    expect(message.content).toContain(`<@${ann.id}>\n🔐 **Claude asks to run a command**`);
    expect(message.content).toContain("```sh\nnpm test\n```");
    expect(message.content).toMatch(/Without an answer Claude goes on without it <t:\d+:R>/);
    expect(message.mentions.map(({ id }) => id)).toContain(ann.id);
  });

  test("is allowed by a press; the message says who decided, and has no buttons any more", async () => {
    const { bob, open, answers, shown, messages, store } = await scene();
    open();
    await bob.clicks(await shown(), "Allow once");
    await expect.poll(() => answers).toEqual([{ behavior: "allow" }]);
    await expect.poll(() => messages()[0]?.components).toEqual([]);
    expect(messages()[0]?.content).toMatch(
      new RegExp(`npm test[^]*✅ Allowed once\\*\\* by <@${bob.id}>, <t:`),
    );
    expect(store.find("p1")).toMatchObject({ state: "allowed", decidedBy: bob.id });
  });

  test("can't be pressed twice, not even at the same moment", async () => {
    const { ann, bob, open, answers, shown } = await scene();
    open();
    const message = await shown();
    const clicks = await Promise.all([ann.clicks(message, "Allow once"), bob.clicks(message, "Deny")]);
    await Promise.all(clicks.map((click) => click.answered()));
    expect(answers).toHaveLength(1);
    const told = clicks.flatMap((click) => click.replies().filter(({ flags }) => flags === EPHEMERAL));
    expect(told.map(({ content }) => content)).toEqual([
      expect.stringContaining("has answered this already"),
    ]);
  });

  test("is refused to somebody without the right, and stays open", async () => {
    const { mallory, open, answers, shown, messages } = await scene();
    open();
    const click = await mallory.clicks(await shown(), "Allow once");
    const [reply] = await click.waitsForReply();
    expect(reply?.content).toContain("Only members who may talk to Claude here");
    expect(reply?.flags).toBe(EPHEMERAL);
    expect(answers).toEqual([]);
    expect(messages()[0]?.components).toHaveLength(1);
  });

  test("'always' is kept for the session", async () => {
    const { ann, open, answers, shown, grants } = await scene();
    open();
    await ann.clicks(await shown(), "Always in this session");
    await expect.poll(() => answers.length).toBe(1);
    expect(answers[0]).toMatchObject({ behavior: "allow", updatedPermissions: [{ destination: "session" }] });
    expect(grants.of("session-1")).toEqual({ rules: ["Bash(npm *)"], directories: [], acceptsEdits: false });
    expect(grants.of("another").rules).toEqual([]);
  });

  test("is denied with a reason from a form", async () => {
    const { ann, open, answers, shown, messages } = await scene();
    open();
    const click = await ann.clicks(await shown(), "Deny and say why…");
    await (await click.answered()).submits({ text: "use make" });
    await expect
      .poll(() => answers)
      .toEqual([{ behavior: "deny", message: "A person denied this and says: use make" }]);
    await expect.poll(() => messages()[0]?.content).toContain("Denied (“use make”)");
  });

  test("keeps its file when it is decided", async () => {
    const { ann, open, shown, messages } = await scene();
    open({ ...REQUEST, input: { command: `echo ${"a".repeat(3000)}` } });
    const message = await shown();
    expect(message.attachments[0]?.filename).toBe("request.sh");
    await ann.clicks(message, "Deny");
    await expect.poll(() => messages()[0]?.components).toEqual([]);
    expect(messages()[0]?.attachments).toHaveLength(1);
  });

  test("is denied when nobody answers in time", async () => {
    const { open, answers, messages, store } = await scene({ timeoutMs: 50 });
    open();
    await expect.poll(() => answers).toMatchObject([{ behavior: "deny" }]);
    await expect.poll(() => messages()[0]?.content).toContain("Nobody answered in time");
    expect(messages()[0]?.components).toEqual([]);
    expect(store.find("p1")?.state).toBe("timed_out");
  });

  test("loses its buttons when Claude no longer waits, or the turn is over", async () => {
    const { open, prompts, answers, messages } = await scene();
    open();
    open({ ...REQUEST, requestId: "r2" });
    prompts().withdraw("r1");
    prompts().closeTurn("t1");
    await expect
      .poll(() =>
        messages().map(({ content, components }) => [content.includes("No longer asked"), components]),
      )
      .toEqual([
        [true, []],
        [true, []],
      ]);
    expect(answers).toEqual([]);
  });

  test("of an earlier process is over: its buttons say so, and go at the start", async () => {
    const { ann, open, answers, shown, messages, store, restart: startAgain } = await scene();
    open();
    const message = await shown();
    const prompts = startAgain();
    const click = await ann.clicks(message, "Allow once");
    expect((await click.waitsForReply())[0]?.content).toBe("This question is over (the bot restarted).");
    await prompts.closeLost(store.open());
    expect(messages()[0]?.content).toContain("npm test");
    expect(messages()[0]?.content).toContain("**This question is over (the bot restarted).**");
    expect(messages()[0]?.components).toEqual([]);
    expect(store.open()).toEqual([]);
    expect(answers).toEqual([]);
  });

  test("whose message was sent and not noted before the end loses its buttons too", async () => {
    const { open, shown, messages, store, forgetMessage, restart: startAgain } = await scene();
    open();
    await shown();
    await forgetMessage("p1");
    await startAgain().closeLost(store.open());
    expect(messages()).toHaveLength(1);
    expect(messages()[0]?.content).toContain("**This question is over (the bot restarted).**");
    expect(messages()[0]?.components).toEqual([]);
  });

  test("that can never be posted is denied, so that the turn goes on", async () => {
    const { open, answers, discord, channel } = await scene();
    discord.guild.deleteChannel(channel);
    open();
    await expect.poll(() => answers).toMatchObject([{ behavior: "deny" }]);
  });

  test("that can't be posted for a while is posted later", async () => {
    const { open, answers, discord, messages } = await scene();
    // As many as discord.js tries by itself, and one more round.
    discord.faults.failNext({ method: "POST", path: /messages$/, status: 500, times: 5 });
    open();
    await expect.poll(() => messages()[0]?.content, { timeout: 10_000 }).toContain("npm test");
    expect(answers).toEqual([]);
  });

  test("is put and answered though it can't be written down", async () => {
    const { open, answers, shown, ann, db } = await scene();
    db.exec("DROP TABLE prompts");
    open();
    await ann.clicks(await shown(), "Allow once");
    await expect.poll(() => answers).toMatchObject([{ behavior: "allow" }]);
  });
});
