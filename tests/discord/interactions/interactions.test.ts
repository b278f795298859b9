import { PermissionFlagsBits } from "discord-api-types/v10";
import { describe, expect, test } from "vitest";
import type { Action } from "../../../src/core/access/access.ts";
import { createChannelApi } from "../../../src/discord/channel/channel-api.ts";
import type { InteractionAnswer } from "../../../src/discord/interactions/answer.ts";
import {
  interactionHandler,
  type Subject,
  suggestionHandler,
} from "../../../src/discord/interactions/handler.ts";
import type { IncomingInteraction } from "../../../src/discord/interactions/incoming-interaction.ts";
import type { LoopbackDiscord } from "../../../src/loopback/discord/server.ts";
import { interactionBot, type Rules, startDiscord } from "../../support/interaction-bot.ts";
import { projectIn } from "../../support/projects.ts";

const EPHEMERAL = 1 << 6;
const NOBODY: Rules = { access: undefined, admins: { users: [], roles: [] } };

interface Scene {
  readonly discord: LoopbackDiscord;
  readonly channel: { readonly id: string };
}

async function scene(): Promise<Scene> {
  const discord = await startDiscord();
  return { discord, channel: discord.addChannel("web") };
}

/** A handler on the channel's project that does what the test says. */
function handler(
  { channel }: Scene,
  run: (answer: InteractionAnswer, interaction: IncomingInteraction) => Promise<void>,
  options: { action?: Action; answers?: "in_channel" } = {},
) {
  return interactionHandler<Subject>({
    action: options.action ?? "talk",
    subject: ({ guildId }) => ({ guildId, projects: [projectIn(channel)] }),
    run: ({ answer, interaction }) => run(answer, interaction),
    ...(options.answers === undefined ? {} : { answers: options.answers }),
  });
}

/** A promise that the test settles. */
function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const GREET = [{ name: "greet", description: "Says hello" }];
const BUTTON = (customId: string) =>
  [{ type: 1, components: [{ type: 2, style: 2, label: "Press", custom_id: customId }] }] as const;

describe("commands", () => {
  test("a command is answered, to the person alone", async () => {
    const here = await scene();
    const greet = handler(here, (answer) => answer.reply({ content: "hello" }));
    const bot = await interactionBot(here.discord, { commands: { greet } });
    await bot.register(GREET);
    const run = await here.discord.addMember("ann").runs(here.channel, "/greet");
    const [reply] = await run.waitsForReply();
    expect(reply?.content).toBe("hello");
    expect(reply?.flags).toBe(EPHEMERAL);
  });

  test("one that is declared so is answered to the channel", async () => {
    const here = await scene();
    const greet = handler(here, (answer) => answer.reply({ content: "hello all" }), {
      answers: "in_channel",
    });
    const bot = await interactionBot(here.discord, { commands: { greet } });
    await bot.register(GREET);
    await here.discord.addMember("ann").runs(here.channel, "/greet");
    await expect
      .poll(() => here.discord.messages(here.channel).map((one) => one.content))
      .toEqual(["hello all"]);
  });

  test("a slow handler shows as thinking, and its answer takes that place", async () => {
    const here = await scene();
    const { open, opened } = gate();
    const greet = handler(here, async (answer) => {
      await opened;
      await answer.reply({ content: "at last" });
    });
    const bot = await interactionBot(here.discord, { commands: { greet } }, { deferAfterMs: 20 });
    await bot.register(GREET);
    const run = await here.discord.addMember("ann").runs(here.channel, "/greet");
    await run.answered();
    open();
    const replies = await run.waitsForReply();
    expect(replies.map((one) => one.content)).toEqual(["at last"]);
    expect(replies[0]?.flags).toBe(EPHEMERAL);
  });

  test("a handler that fails is told privately with the error id of the log", async () => {
    const here = await scene();
    const greet = handler(here, () => Promise.reject(new Error("broken")));
    const bot = await interactionBot(here.discord, { commands: { greet } });
    await bot.register(GREET);
    const run = await here.discord.addMember("ann").runs(here.channel, "/greet");
    const [reply] = await run.waitsForReply();
    expect(reply?.content).toContain("error0");
    expect(reply?.flags).toBe(EPHEMERAL);
    expect(bot.reports[0]?.detail).toEqual(new Error("broken"));
  });

  test("a handler that says nothing is acknowledged all the same", async () => {
    const here = await scene();
    const bot = await interactionBot(here.discord, { commands: { greet: handler(here, async () => {}) } });
    await bot.register(GREET);
    const run = await here.discord.addMember("ann").runs(here.channel, "/greet");
    expect((await run.waitsForReply())[0]?.content).toBe("Done.");
  });

  test("a command that nobody handles is answered with a sentence", async () => {
    const here = await scene();
    const bot = await interactionBot(here.discord, {});
    await bot.register([{ name: "constructor", description: "None of ours" }]);
    const run = await here.discord.addMember("ann").runs(here.channel, "/constructor");
    expect((await run.waitsForReply())[0]?.content).toBe("This does nothing any more.");
  });

  test("suggestions come while the person types, and none to those who may not", async () => {
    const here = await scene();
    const pick = suggestionHandler<Subject>({
      action: "manage",
      subject: ({ guildId }) => ({ guildId, projects: [projectIn(here.channel)] }),
      suggest: async ({ input }) =>
        input.type === "autocomplete" ? [{ name: `${input.focused.typed}!`, value: "x" }] : [],
    });
    const bot = await interactionBot(here.discord, { suggestions: { pick } });
    await bot.register([
      {
        name: "pick",
        description: "Picks",
        options: [{ type: 3, name: "what", description: "What to pick", autocomplete: true }],
      },
    ]);
    const manager = here.discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
    expect(await manager.typesOption(here.channel, "/pick", "what", "te")).toEqual([
      { name: "te!", value: "x" },
    ]);
    expect(await here.discord.addMember("ann").typesOption(here.channel, "/pick", "what", "te")).toEqual([]);
  });
});

describe("who may", () => {
  test.each<[Action, string]>([
    ["talk", "You may not talk to Claude here"],
    ["approve", "Only members who may talk to Claude here"],
    ["manage", "Manage Server"],
    ["admin", "Administrator"],
  ])("without the right to %s the handler is never called", async (action, sentence) => {
    const here = await scene();
    const called: string[] = [];
    const greet = handler(here, async (_, { id }) => void called.push(id), { action });
    const bot = await interactionBot(here.discord, { commands: { greet } }, { policy: NOBODY });
    await bot.register(GREET);
    const run = await here.discord.addMember("ann").runs(here.channel, "/greet");
    const [reply] = await run.waitsForReply();
    expect(reply?.content).toContain(sentence);
    expect(reply?.flags).toBe(EPHEMERAL);
    expect(called).toEqual([]);
  });

  test("an administrator may, with nothing configured", async () => {
    const here = await scene();
    const greet = handler(here, (answer) => answer.reply({ content: "hello" }), { action: "admin" });
    const bot = await interactionBot(here.discord, { commands: { greet } }, { policy: NOBODY });
    await bot.register(GREET);
    const run = await here.discord.owner.runs(here.channel, "/greet");
    expect((await run.waitsForReply())[0]?.content).toBe("hello");
  });

  test("a button is refused to those who may not, however they came by it", async () => {
    const here = await scene();
    const pressed: string[] = [];
    const press = handler(here, async (_, { id }) => void pressed.push(id), { action: "manage" });
    const bot = await interactionBot(here.discord, { components: { press } });
    const api = createChannelApi(bot.gateway.rest, here.channel.id);
    await api.create({ content: "?", components: [...BUTTON("press:1")] as never }, { nonce: "n" });
    const [message] = here.discord.messages(here.channel);
    const click = await here.discord.addMember("ann").clicks(message!, "Press");
    expect((await click.waitsForReply())[0]?.content).toContain("Manage Server");
    expect(pressed).toEqual([]);
  });

  test("of several projects the handler gets those in which the person may", async () => {
    const here = await scene();
    const ann = here.discord.addMember("ann");
    const open = { users: [ann.id], roles: [], everyone: false };
    const projects = [
      projectIn(here.channel, { name: "a" }),
      projectIn(here.discord.addChannel("b"), { name: "b", access: open }),
    ];
    const greet = interactionHandler<Subject>({
      action: "talk",
      subject: ({ guildId }) => ({ guildId, projects }),
      run: ({ projects: allowed, answer }) =>
        answer.reply({ content: allowed.map(({ name }) => name).join() }),
    });
    const bot = await interactionBot(here.discord, { commands: { greet } }, { policy: NOBODY });
    await bot.register(GREET);
    const run = await ann.runs(here.channel, "/greet");
    expect((await run.waitsForReply())[0]?.content).toBe("b");
  });
});

describe("buttons, menus and forms", () => {
  test("a button changes its message, also when the handler takes long", async () => {
    const here = await scene();
    const { open, opened } = gate();
    const press = handler(here, async (answer, { input }) => {
      await opened;
      await answer.update({ content: "customId" in input ? input.customId : "" });
    });
    const bot = await interactionBot(here.discord, { components: { press } }, { deferAfterMs: 20 });
    const api = createChannelApi(bot.gateway.rest, here.channel.id);
    await api.create({ content: "?", components: [...BUTTON("press:42")] as never }, { nonce: "n" });
    const [message] = here.discord.messages(here.channel);
    const click = await here.discord.addMember("ann").clicks(message!, "Press");
    await click.answered();
    open();
    await expect.poll(() => here.discord.messages(here.channel)[0]?.content).toBe("press:42");
    expect(here.discord.messages(here.channel)[0]?.components).toEqual([]);
  });

  test("a form comes back with its fields, and changes the message that it was opened from", async () => {
    const here = await scene();
    const press = handler(here, async (answer, { input }) => {
      if (input.type === "modal") return answer.update({ content: `because ${input.fields.why}` });
      const field = { type: 4, custom_id: "why", label: "Why?", style: 1 } as const;
      await answer.form({
        custom_id: "press:form",
        title: "Say why",
        components: [{ type: 1, components: [field] }],
      });
    });
    const bot = await interactionBot(here.discord, { components: { press } });
    const api = createChannelApi(bot.gateway.rest, here.channel.id);
    await api.create({ content: "?", components: [...BUTTON("press:1")] as never }, { nonce: "n" });
    const [message] = here.discord.messages(here.channel);
    const click = await here.discord.addMember("ann").clicks(message!, "Press");
    await (await click.answered()).submits({ why: "it is late" });
    await expect.poll(() => here.discord.messages(here.channel)[0]?.content).toBe("because it is late");
  });

  test("a form that comes too late asks to press once more", async () => {
    const here = await scene();
    const { open, opened } = gate();
    const press = handler(here, async (answer) => {
      await opened;
      await answer.form({ custom_id: "press:form", title: "Late", components: [] });
    });
    const bot = await interactionBot(here.discord, { components: { press } }, { deferAfterMs: 20 });
    const api = createChannelApi(bot.gateway.rest, here.channel.id);
    await api.create({ content: "?", components: [...BUTTON("press:1")] as never }, { nonce: "n" });
    const [message] = here.discord.messages(here.channel);
    const click = await here.discord.addMember("ann").clicks(message!, "Press");
    await click.answered();
    open();
    expect((await click.waitsForReply())[0]?.content).toContain("press it once more");
  });
});
