import {
  type APIModalInteractionResponseCallbackData,
  ApplicationCommandType,
  type AutocompleteInteraction,
  type ButtonInteraction,
  ButtonStyle,
  type ChatInputCommandInteraction,
  type Client,
  ComponentType,
  GatewayIntentBits,
  type Interaction,
  MessageFlags,
  type ModalSubmitInteraction,
  TextInputStyle,
} from "discord.js";
import { expect, test } from "vitest";
import { connectedBot, createRest, nextEvent } from "./connected-bot.ts";

const yesNo = {
  content: "Run it?",
  components: [
    {
      type: ComponentType.ActionRow as const,
      components: [
        {
          type: ComponentType.Button as const,
          style: ButtonStyle.Success as const,
          label: "Allow",
          customId: "allow",
        },
        {
          type: ComponentType.Button as const,
          style: ButtonStyle.Danger as const,
          label: "Deny",
          customId: "deny",
          disabled: true,
        },
      ],
    },
  ],
};

const form: APIModalInteractionResponseCallbackData = {
  custom_id: "reason-form",
  title: "Why?",
  components: [
    {
      type: ComponentType.Label,
      label: "Reason",
      component: {
        type: ComponentType.TextInput,
        custom_id: "reason",
        style: TextInputStyle.Paragraph,
        required: true,
        max_length: 20,
      },
    },
  ],
};

/** Answers every interaction by `answer`, and collects what it throws. */
function onInteraction<T extends Interaction>(client: Client, answer: (interaction: T) => Promise<unknown>) {
  const failures: unknown[] = [];
  client.on("interactionCreate", (interaction) => {
    answer(interaction as T).catch((error: unknown) => failures.push(error));
  });
  return failures;
}

test("a button updates its message", async () => {
  const { ann, general, client, channel, discord } = await connectedBot();
  const failures = onInteraction<ButtonInteraction>(client, (button) =>
    button.update({ content: `allowed by ${button.user.username}`, components: [] }),
  );
  const sent = await channel.send(yesNo);
  const click = await (await ann.clicks(discord.messages(general)[0]!, "Allow")).answered();
  expect(click.status).toBe("answered");
  expect(discord.messages(general)).toMatchObject([
    { id: sent.id, content: "allowed by ann", components: [] },
  ]);
  await expect(ann.clicks(discord.messages(general)[0]!, "Allow")).rejects.toThrow('no "Allow"');
  expect(failures).toEqual([]);
});

test("a person cannot click what is disabled or not there", async () => {
  const { ann, general, channel, discord } = await connectedBot();
  await channel.send(yesNo);
  const [message] = discord.messages(general);
  await expect(ann.clicks(message!, "Deny")).rejects.toThrow("disabled");
  await expect(ann.clicks(message!, "Maybe")).rejects.toThrow("it has: Allow, Deny");
});

test("a deferred update edits the message later, and a follow-up can be ephemeral", async () => {
  const { ann, general, client, channel, discord } = await connectedBot();
  const bob = discord.addMember("bob");
  const failures = onInteraction<ButtonInteraction>(client, async (button) => {
    await button.deferUpdate();
    await button.followUp({ content: "only you", flags: MessageFlags.Ephemeral });
    await button.editReply({ content: "done", components: [] });
  });
  await channel.send(yesNo);
  const click = await ann.clicks(discord.messages(general)[0]!, "allow");
  await discord.until(() => discord.messages(general)[0]?.content === "done");
  expect(click.replies()).toMatchObject([{ content: "only you", flags: MessageFlags.Ephemeral }]);
  expect(ann.sees(general).map((message) => message.content)).toEqual(["done", "only you"]);
  expect(bob.sees(general).map((message) => message.content)).toEqual(["done"]);
  expect(discord.messages(general)).toHaveLength(1);
  const rest = createRest(discord);
  const ephemeral = click.replies()[0]!;
  await expect(rest.get(`/channels/${general.id}/messages/${ephemeral.id}`)).rejects.toMatchObject({
    code: 10008,
  });
  expect(failures).toEqual([]);
});

test("selects give the values that were picked, and people with their member", async () => {
  const { ann, general, client, channel, discord } = await connectedBot();
  const picked: unknown[] = [];
  const failures = onInteraction(client, async (interaction) => {
    if (interaction.isStringSelectMenu()) picked.push(interaction.values);
    if (interaction.isUserSelectMenu())
      picked.push(
        interaction.members.map((member) =>
          member !== null && "displayName" in member ? member.displayName : "",
        ),
      );
    if (interaction.isMessageComponent()) await interaction.deferUpdate();
  });
  await channel.send({
    content: "pick",
    components: [
      {
        type: ComponentType.ActionRow,
        components: [
          {
            type: ComponentType.StringSelect,
            customId: "model",
            maxValues: 2,
            options: [
              { label: "A", value: "a" },
              { label: "B", value: "b" },
            ],
          },
        ],
      },
      { type: ComponentType.ActionRow, components: [{ type: ComponentType.UserSelect, customId: "who" }] },
    ],
  });
  const [message] = discord.messages(general);
  await (await ann.selects(message!, "model", ["a", "b"])).answered();
  await (await ann.selects(message!, "who", [ann])).answered();
  await expect(ann.selects(message!, "model", ["c"])).rejects.toThrow('no option "c"');
  await expect(ann.selects(message!, "who", [])).rejects.toThrow("takes 1 to 1 values");
  expect(picked).toEqual([["a", "b"], ["ann"]]);
  expect(failures).toEqual([]);
});

test("a slash command gets its options, and its reply is given back", async () => {
  const { ann, general, client, discord } = await connectedBot();
  await client.application?.commands.set(
    [
      {
        name: "project",
        description: "Projects",
        options: [
          {
            type: 1,
            name: "add",
            description: "Add one",
            options: [
              { type: 3, name: "name", description: "Its name", required: true },
              { type: 6, name: "owner", description: "Whose" },
              { type: 4, name: "count", description: "How many", minValue: 1 },
              { type: 11, name: "file", description: "A file" },
            ],
          },
        ],
      },
    ],
    discord.guild.id,
  );
  const failures = onInteraction<ChatInputCommandInteraction>(client, async (command) => {
    const { options } = command;
    const text = [
      options.getSubcommand(),
      options.getString("name"),
      options.getUser("owner")?.username,
      options.getInteger("count"),
      options.getAttachment("file")?.name,
    ].join(" ");
    const response = await command.reply({ content: text, withResponse: true });
    expect(response.resource?.message?.content).toBe(text);
    expect((await command.fetchReply()).content).toBe(text);
  });
  const run = await ann.runs(general, "/project add", {
    name: "web",
    owner: ann,
    count: 2,
    file: { name: "a.txt", data: "a" },
  });
  const [reply] = await run.waitsForReply();
  expect(reply).toMatchObject({
    type: 20,
    content: "add web ann 2 a.txt",
    interaction_metadata: { user: { id: ann.id } },
  });
  await expect(ann.runs(general, "/project add")).rejects.toThrow('needs its option "name"');
  await expect(ann.runs(general, "/project add", { name: "x", count: 0 })).rejects.toThrow("does not take 0");
  await expect(ann.runs(general, "/nothing")).rejects.toThrow("there are: project");
  expect(failures).toEqual([]);
});

test("a deferred reply thinks, is edited, followed up and deleted", async () => {
  const { ann, general, client, discord } = await connectedBot();
  await client.application?.commands.create({ name: "slow", description: "Slow" });
  const proceed = Promise.withResolvers<void>();
  const failures = onInteraction<ChatInputCommandInteraction>(client, async (command) => {
    await command.deferReply({ flags: MessageFlags.Ephemeral });
    await proceed.promise;
    await command.editReply("done");
    const more = await command.followUp("public");
    await command.deleteReply();
    await command.editReply({ message: more.id, content: "more" });
  });
  const run = await (await ann.runs(general, "/slow")).answered();
  expect(run.replies()).toMatchObject([
    { content: "", flags: MessageFlags.Loading | MessageFlags.Ephemeral },
  ]);
  proceed.resolve();
  const [reply] = await run.waitsForReply();
  expect(reply).toMatchObject({ content: "done", flags: MessageFlags.Ephemeral });
  await discord.until(() => discord.messages(general)[0]?.content === "more");
  expect(run.replies().map((message) => message.content)).toEqual(["more"]);
  expect(failures).toEqual([]);
});

test("an interaction can be answered once only, and within three seconds", async () => {
  let nowMs = Date.now();
  const { ann, general, client, discord } = await connectedBot({ now: () => nowMs });
  await client.application?.commands.create({ name: "ping", description: "Ping" });
  const rest = createRest(discord);
  const received: Interaction[] = [];
  client.on("interactionCreate", (interaction) => received.push(interaction));
  const answer = (interaction: Interaction) =>
    rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, {
      body: { type: 4, data: { content: "pong" } },
    });

  await ann.runs(general, "/ping");
  await expect.poll(() => received).toHaveLength(1);
  await expect(
    rest.patch(`/webhooks/${discord.bot.id}/${received[0]!.token}/messages/@original`, {
      body: { content: "x" },
    }),
  ).rejects.toMatchObject({ code: 10015 });
  await answer(received[0]!);
  await expect(answer(received[0]!)).rejects.toMatchObject({ code: 40060, status: 400 });

  const late = await ann.runs(general, "/ping");
  await expect.poll(() => received).toHaveLength(2);
  nowMs += 3001;
  await expect(answer(received[1]!)).rejects.toMatchObject({ code: 10062, status: 404 });
  expect(late.status).toBe("failed");
  await expect(late.waitsForReply()).rejects.toThrow("did not respond");

  nowMs += 15 * 60_000;
  await expect(
    rest.patch(`/webhooks/${discord.bot.id}/${received[0]!.token}/messages/@original`, {
      body: { content: "x" },
    }),
  ).rejects.toMatchObject({ code: 50027 });
});

test("autocomplete suggests what fits what was typed", async () => {
  const { ann, general, client } = await connectedBot();
  await client.application?.commands.create({
    name: "model",
    description: "Choose",
    options: [{ type: 3, name: "name", description: "Which", autocomplete: true }],
  });
  const failures = onInteraction<AutocompleteInteraction>(client, (typing) =>
    typing.respond([{ name: `${typing.options.getFocused()}net`, value: "sonnet" }]),
  );
  expect(await ann.typesOption(general, "/model", "name", "son")).toEqual([
    { name: "sonnet", value: "sonnet" },
  ]);
  expect(failures).toEqual([]);
});

test("a form opened from a button is filled in, and its answer changes the button's message", async () => {
  const { ann, general, client, channel, discord } = await connectedBot();
  const failures = onInteraction(client, async (interaction) => {
    if (interaction.isButton()) await interaction.showModal(form);
    if (interaction.isModalSubmit() && interaction.isFromMessage()) {
      await interaction.update({
        content: `denied: ${interaction.fields.getTextInputValue("reason")}`,
        components: [],
      });
    }
  });
  await channel.send(yesNo);
  const click = await (await ann.clicks(discord.messages(general)[0]!, "Allow")).answered();
  expect(click.modal?.title).toBe("Why?");
  await expect(click.submits({})).rejects.toThrow("required");
  await expect(click.submits({ reason: "x".repeat(21) })).rejects.toThrow("21 characters");
  await expect(click.submits({ other: "x" })).rejects.toThrow("it has: reason");
  await (await click.submits({ reason: "too risky" })).answered();
  expect(discord.messages(general)[0]?.content).toBe("denied: too risky");
  expect(failures).toEqual([]);
});

test("a form with classic rows opens from a command and is answered by a message", async () => {
  const { ann, general, client } = await connectedBot();
  await client.application?.commands.create({ name: "ask", description: "Ask" });
  const failures = onInteraction(client, async (interaction) => {
    if (interaction.isChatInputCommand()) {
      await interaction.showModal({
        customId: "classic",
        title: "Classic",
        components: [
          {
            type: ComponentType.ActionRow,
            components: [
              { type: ComponentType.TextInput, customId: "text", label: "Text", style: TextInputStyle.Short },
            ],
          },
        ],
      });
    }
    if (interaction.isModalSubmit())
      await (interaction as ModalSubmitInteraction).reply(interaction.fields.getTextInputValue("text"));
  });
  const run = await (await ann.runs(general, "/ask")).answered();
  const [reply] = await (await run.submits({ text: "hello" })).waitsForReply();
  expect(reply?.content).toBe("hello");
  expect(failures).toEqual([]);
});

test("context menu commands get their message or person", async () => {
  const { ann, general, client } = await connectedBot();
  await client.application?.commands.set([
    { type: ApplicationCommandType.Message, name: "Summarise" },
    { type: ApplicationCommandType.User, name: "Who is" },
  ]);
  const failures = onInteraction(client, async (interaction) => {
    if (interaction.isMessageContextMenuCommand())
      await interaction.reply(`about: ${interaction.targetMessage.content}`);
    if (interaction.isUserContextMenuCommand())
      await interaction.reply(`user: ${interaction.targetUser.username}`);
  });
  const message = await ann.says(general, "long text");
  const [about] = await (await ann.runsOn(general, "Summarise", message)).waitsForReply();
  const [who] = await (await ann.runsOn(general, "Who is", ann)).waitsForReply();
  expect([about?.content, who?.content]).toEqual(["about: long text", "user: ann"]);
  expect(about?.type).toBe(23);
  expect(failures).toEqual([]);
});

test("commands are registered, listed, changed and deleted, globally and in the guild", async () => {
  const { client, discord } = await connectedBot();
  const commands = client.application!.commands;
  const created = await commands.create({ name: "one", description: "One" }, discord.guild.id);
  const again = await commands.create({ name: "one", description: "Other" }, discord.guild.id);
  expect(again.id).toBe(created.id);
  const edited = await commands.edit(created.id, { description: "Third" }, discord.guild.id);
  expect(edited.description).toBe("Third");
  expect((await commands.fetch({ guildId: discord.guild.id })).map((one) => one.description)).toEqual([
    "Third",
  ]);
  const global = await commands.set([
    { name: "a", description: "A" },
    { name: "b", description: "B" },
  ]);
  expect((await commands.fetch()).size).toBe(2);
  await commands.delete(global.first()!.id);
  expect((await commands.fetch()).size).toBe(1);
});

test.each([
  ["capitals", [{ name: "Upper", description: "x" }], "APPLICATION_COMMAND_INVALID_NAME"],
  ["a space", [{ name: "a b", description: "x" }], "APPLICATION_COMMAND_INVALID_NAME"],
  ["no description", [{ name: "a" }], "BASE_TYPE_REQUIRED"],
  ["a long description", [{ name: "a", description: "x".repeat(101) }], "BASE_TYPE_MAX_LENGTH"],
  [
    "the same name twice",
    [
      { name: "a", description: "x" },
      { name: "a", description: "y" },
    ],
    "APPLICATION_COMMANDS_DUPLICATE_NAME",
  ],
  [
    "a required option after an optional one",
    [
      {
        name: "a",
        description: "x",
        options: [
          { type: 3, name: "b", description: "b" },
          { type: 3, name: "c", description: "c", required: true },
        ],
      },
    ],
    "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
  ],
])("commands with %s are refused", async (_title, body, code) => {
  const { discord } = await connectedBot();
  const sent = createRest(discord).put(`/applications/${discord.bot.id}/commands`, { body });
  await expect(sent).rejects.toMatchObject({ code: 50035 });
  await expect(
    sent.catch((error: { rawError: unknown }) => JSON.stringify(error.rawError)),
  ).resolves.toContain(code);
});

test("a command that needs a permission is not offered to who lacks it", async () => {
  const { ann, general, client, discord } = await connectedBot();
  await client.application?.commands.create({
    name: "reset",
    description: "Reset",
    defaultMemberPermissions: 0x20n,
  });
  await expect(ann.runs(general, "/reset")).rejects.toMatchObject({ code: 50013 });
  const received = nextEvent<Interaction>(client, "interactionCreate");
  await discord.owner.runs(general, "/reset");
  expect((await received).user.id).toBe(discord.owner.id);
});

test("buttons work in threads, and their replies come there", async () => {
  const { ann, general, client, discord } = await connectedBot();
  const failures = onInteraction<ButtonInteraction>(client, (button) =>
    button.reply({ content: button.channel?.isThread() === true ? "in a thread" : "elsewhere" }),
  );
  const { id } = await ann.opensThread(general, "T");
  const thread = await client.channels.fetch(id);
  if (thread?.isThread() !== true) throw new Error("no thread");
  const sent = await thread.send(yesNo);
  const [reply] = await (await ann.clicks({ id: sent.id, channel_id: id }, "Allow")).waitsForReply();
  expect(reply).toMatchObject({
    channel_id: id,
    content: "in a thread",
    message_reference: { message_id: sent.id },
  });
  expect(discord.messages(general).map(({ type }) => type)).toEqual([18]);
  expect(failures).toEqual([]);
});

test("an ephemeral reply comes by the gateway like a direct message, without its guild", async () => {
  const { Guilds, GuildMessages, DirectMessages } = GatewayIntentBits;
  const heardWith = async (intents: number[]) => {
    const { ann, general, client, discord } = await connectedBot({}, intents);
    const heard: { d: Record<string, unknown> }[] = [];
    client.on("raw", (packet: { t?: string; d: Record<string, unknown> }) => {
      if (packet.t === "MESSAGE_CREATE") heard.push(packet);
    });
    const failures = onInteraction<ButtonInteraction>(client, async (button) => {
      await button.reply({ content: "secret", flags: MessageFlags.Ephemeral });
      await button.followUp("public");
    });
    const channel = await client.channels.fetch(general.id);
    if (channel?.isSendable() !== true) throw new Error("not sendable");
    await channel.send(yesNo);
    await ann.clicks(discord.messages(general)[0]!, "Allow");
    await expect.poll(() => heard.some(({ d }) => d.content === "public")).toBe(true);
    expect(failures).toEqual([]);
    return heard.find(({ d }) => d.content === "secret")?.d;
  };
  expect(await heardWith([Guilds, GuildMessages])).toBeUndefined();
  const direct = await heardWith([Guilds, GuildMessages, DirectMessages]);
  expect(direct).toMatchObject({ flags: MessageFlags.Ephemeral });
  expect(direct).not.toHaveProperty("guild_id");
  expect(direct).not.toHaveProperty("member");
});

test("the first follow-up after a deferred reply takes its place, and keeps who sees it", async () => {
  const { ann, general, client, discord } = await connectedBot();
  await client.application?.commands.create({ name: "slow", description: "Slow" });
  const failures = onInteraction<ChatInputCommandInteraction>(client, async (command) => {
    await command.deferReply({ flags: MessageFlags.Ephemeral });
    await command.followUp("first");
    await command.followUp("second");
  });
  const run = await ann.runs(general, "/slow");
  await discord.until(() => run.replies().length === 2);
  expect(run.replies().map(({ content, flags }) => [content, flags])).toEqual([
    ["first", MessageFlags.Ephemeral],
    ["second", 0],
  ]);
  expect(failures).toEqual([]);
});
