import { ButtonStyle, ComponentType, MessageFlags } from "discord.js";
import { expect, test } from "vitest";
import { connectedBot, createRest, startDiscord } from "./connected-bot.ts";

const button = (fields: object = {}) => ({
  type: ComponentType.Button,
  style: ButtonStyle.Primary,
  label: "Go",
  custom_id: "go",
  ...fields,
});
const row = (...components: object[]) => ({ type: ComponentType.ActionRow, components });
const select = (fields: object = {}) => ({
  type: ComponentType.StringSelect,
  custom_id: "pick",
  options: [{ label: "A", value: "a" }],
  ...fields,
});
const linkButton = { type: ComponentType.Button, style: ButtonStyle.Link, label: "Docs" };
const text = { type: ComponentType.TextDisplay, content: "text" };

test.each([
  ["2001 characters", { content: "x".repeat(2001) }, "content", "BASE_TYPE_MAX_LENGTH"],
  ["content that is a number", { content: 5 }, "content", "BASE_TYPE_BAD_TYPE"],
  [
    "eleven embeds",
    { embeds: Array.from({ length: 11 }, () => ({ title: "x" })) },
    "embeds",
    "BASE_TYPE_BAD_LENGTH",
  ],
  [
    "a long embed",
    { embeds: [{ description: "x".repeat(4097) }] },
    "embeds.0.description",
    "BASE_TYPE_MAX_LENGTH",
  ],
  [
    "an empty field",
    { embeds: [{ fields: [{ name: "n", value: "" }] }] },
    "embeds.0.fields.0.value",
    "BASE_TYPE_REQUIRED",
  ],
  [
    "over 6000 characters of embeds",
    { embeds: [{ description: "x".repeat(4000) }, { description: "x".repeat(2001) }] },
    "embeds",
    "MAX_EMBED_SIZE_EXCEEDED",
  ],
  [
    "six rows",
    { components: Array.from({ length: 6 }, (_, index) => row(button({ custom_id: `${index}` }))) },
    "components",
    "BASE_TYPE_BAD_LENGTH",
  ],
  [
    "six buttons in a row",
    { components: [row(...Array.from({ length: 6 }, (_, index) => button({ custom_id: `${index}` })))] },
    "components.0.components",
    "BASE_TYPE_BAD_LENGTH",
  ],
  ["an empty row", { components: [row()] }, "components.0.components", "BASE_TYPE_BAD_LENGTH"],
  [
    "the same custom_id twice",
    { components: [row(button(), button())] },
    "components.0.components.1.custom_id",
    "COMPONENT_CUSTOM_ID_DUPLICATED",
  ],
  [
    "a button without custom_id",
    { components: [row(button({ custom_id: undefined }))] },
    "components.0.components.0.custom_id",
    "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
  ],
  [
    "a long custom_id",
    { components: [row(button({ custom_id: "x".repeat(101) }))] },
    "components.0.components.0.custom_id",
    "BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a long label",
    { components: [row(button({ label: "x".repeat(81) }))] },
    "components.0.components.0.label",
    "BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a link button without url",
    { components: [row(linkButton)] },
    "components.0.components.0.url",
    "BUTTON_COMPONENT_URL_REQUIRED",
  ],
  [
    "a select without options",
    { components: [row(select({ options: [] }))] },
    "components.0.components.0.options",
    "BASE_TYPE_BAD_LENGTH",
  ],
  [
    "a select beside a button",
    { components: [row(select(), button())] },
    "components.0.components",
    "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
  ],
  ["an unknown component", { components: [{ type: 99 }] }, "components.0.type", "UNION_TYPE_CHOICES"],
  ["a component of V2 without its flag", { components: [text] }, "components.0.type", "UNION_TYPE_CHOICES"],
  [
    "content beside components V2",
    { content: "x", components: [text], flags: MessageFlags.IsComponentsV2 },
    "content",
    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
  ],
  ["a long nonce", { content: "x", nonce: "x".repeat(26) }, "nonce", "BASE_TYPE_MAX_LENGTH"],
  [
    "an unknown reference",
    { content: "x", message_reference: { message_id: "1" } },
    "message_reference",
    "REPLIES_UNKNOWN_MESSAGE",
  ],
  [
    "mentions both listed and parsed",
    { content: "x", allowed_mentions: { parse: ["users"], users: ["1"] } },
    "allowed_mentions.parse",
    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
  ],
])("a message with %s is refused with 50035", async (_title, body, path, code) => {
  const discord = await startDiscord();
  const general = discord.addChannel("general");
  const sent = createRest(discord).post(`/channels/${general.id}/messages`, { body });
  const keys = path.split(".");
  const errors = keys.reduceRight<object>((inner, key) => ({ [key]: inner }), {
    _errors: expect.arrayContaining([expect.objectContaining({ code })]),
  });
  await expect(sent).rejects.toMatchObject({ status: 400, code: 50035, rawError: { errors } });
  expect(discord.messages(general)).toEqual([]);
});

test.each([
  ["2000 characters", { content: "x".repeat(2000) }],
  [
    "five rows of five buttons",
    {
      components: Array.from({ length: 5 }, (_, at) =>
        row(...Array.from({ length: 5 }, (_, index) => button({ custom_id: `${at}${index}` }))),
      ),
    },
  ],
  [
    "components V2",
    {
      components: [{ type: ComponentType.Container, components: [text, row(button())] }],
      flags: MessageFlags.IsComponentsV2,
    },
  ],
  [
    "6000 characters of embeds",
    { embeds: [{ description: "x".repeat(4000) }, { description: "x".repeat(2000) }] },
  ],
  [
    "a reference that may be missing",
    { content: "x", message_reference: { message_id: "1", fail_if_not_exists: false } },
  ],
])("a message with %s is taken", async (_title, body) => {
  const discord = await startDiscord();
  const general = discord.addChannel("general");
  await createRest(discord).post(`/channels/${general.id}/messages`, { body });
  expect(discord.messages(general)).toHaveLength(1);
});

test.each([
  ["nothing", {}],
  ["white space", { content: " \n " }],
])("a message with %s is refused with 50006", async (_title, body) => {
  const discord = await startDiscord();
  const general = discord.addChannel("general");
  const sent = createRest(discord).post(`/channels/${general.id}/messages`, { body });
  await expect(sent).rejects.toMatchObject({ code: 50006 });
});

test("an edit that leaves nothing is refused, one that takes only the components off is not", async () => {
  const { discord, general, channel } = await connectedBot();
  const sent = await channel.send({ content: "x", components: [row(button())] });
  expect((await sent.edit({ components: [] })).components).toEqual([]);
  expect(discord.messages(general)[0]?.content).toBe("x");
  await expect(sent.edit({ content: "" })).rejects.toMatchObject({ code: 50006 });
});

test("the bot cannot edit what others wrote, nor find what is not there", async () => {
  const { discord, general, ann } = await connectedBot();
  const theirs = await ann.says(general, "mine");
  const rest = createRest(discord);
  const body = { content: "x" };
  await expect(rest.patch(`/channels/${general.id}/messages/${theirs.id}`, { body })).rejects.toMatchObject({
    code: 50005,
    status: 403,
  });
  await expect(rest.patch(`/channels/${general.id}/messages/1`, { body })).rejects.toMatchObject({
    code: 10008,
    status: 404,
  });
  await expect(rest.get("/channels/1/messages")).rejects.toMatchObject({ code: 10003, status: 404 });
  await expect(rest.get("/nothing/here")).rejects.toMatchObject({ code: 0, status: 404 });
});
