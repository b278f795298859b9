import { request } from "node:http";
import type { Client, Interaction } from "discord.js";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { startPage } from "../../src/loopback/page/page.ts";
import { NO_BROWSER, openOnPhone } from "../support/browser.ts";
import { connectedBot } from "./discord/connected-bot.ts";

/** A page on a Discord with a bot, played by the test. */
async function setUp() {
  const bot = await connectedBot();
  const page = await startPage({ discord: bot.discord, person: bot.ann });
  onTestFinished(() => page.stop());
  return { ...bot, url: page.url };
}

/** A GET under another name than the page's own. */
function statusAs(url: string, headers: Record<string, string>, method = "GET"): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end(method === "POST" ? "{}" : undefined);
  });
}

test("another page of the browser can neither read nor act", async () => {
  const { url } = await setUp();
  const host = new URL(url).host;
  expect(await statusAs(url, { host })).toBe(200);
  expect(await statusAs(`${url}state`, { host: "evil.example" })).toBe(403);
  expect(await statusAs(`${url}act`, { host, "content-type": "application/json" }, "POST")).toBe(403);
  const foreign = { host, origin: "http://evil.example", "content-type": "application/json" };
  expect(await statusAs(`${url}act`, foreign, "POST")).toBe(403);
  const asForm = { host, origin: new URL(url).origin, "content-type": "text/plain" };
  expect(await statusAs(`${url}act`, asForm, "POST")).toBe(403);
});

test.each(["package.json", "..%2f..%2fpackage.json", "vendor/lit/../../package.json", "vendor/zod/index.js"])(
  "%s is not served",
  async (path) => {
    const { url } = await setUp();
    expect((await fetch(url + path)).status).toBe(404);
  },
);

describe("in a browser", () => {
  beforeEach(({ skip }) => skip(NO_BROWSER !== undefined, NO_BROWSER));

  test(`what is written is shown as Discord does, and nothing is fetched elsewhere`, async () => {
    const { url, general, ann, channel } = await setUp();
    await ann.says(general, "a **bold** <b>no tag</b> `code` and ||hidden||");
    await channel.send("# Title\n-# small\n- one\n- two\n```ts\nconst a = 1;\n```\n> quoted");
    await channel.send({ content: "", files: [{ attachment: Buffer.from("hello"), name: "note.txt" }] });
    const { page, errors, foreign } = await openOnPhone(url);
    const words = page.locator(".words");
    await expect.poll(() => words.count()).toBe(3);
    expect(await words.nth(0).innerText()).toBe("a bold <b>no tag</b> code and hidden");
    expect(await words.nth(0).locator("strong").innerText()).toBe("bold");
    expect(await words.nth(1).locator("pre").innerText()).toBe("const a = 1;");
    expect(await words.nth(1).locator("li").allInnerTexts()).toEqual(["one", "two"]);
    expect(await words.nth(1).locator(".sub").innerText()).toBe("small");
    expect(await page.locator("discord-file-attachment").count()).toBe(1);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
  });

  test("messages, edits, reactions and typing appear by themselves", async () => {
    const { url, discord, channel } = await setUp();
    const { page } = await openOnPhone(url);
    await channel.sendTyping();
    await expect.poll(() => page.locator("#typing").innerText()).toBe(`${discord.bot.username} is typing…`);
    const sent = await channel.send("first");
    await expect.poll(() => page.locator(".words").allInnerTexts()).toEqual(["first"]);
    expect(await page.locator("#typing").innerText()).toBe("");
    await sent.edit("second");
    await expect.poll(() => page.locator(".words").allInnerTexts()).toEqual(["second (edited)"]);
    await sent.react("✅");
    await expect.poll(() => page.locator(".reactions > button").allInnerTexts()).toEqual(["✅ 1"]);
    await sent.delete();
    await expect.poll(() => page.locator("discord-message").count()).toBe(0);
  });

  test("a person writes with a mention, answers and sends a file", async () => {
    const { url, discord, general } = await setUp();
    const { page } = await openOnPhone(url);
    const text = page.locator("#text");
    await text.pressSequentially("@cla");
    await page.locator("#suggestions button", { hasText: "@claude" }).click();
    await text.pressSequentially("hello");
    await page.setInputFiles("#file", { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("abc") });
    await text.press("Enter");
    await discord.until(() => discord.messages(general).length === 1);
    const [said] = discord.messages(general);
    expect(said).toMatchObject({
      content: `${discord.bot.mention} hello`,
      mentions: [{ id: discord.bot.id }],
      attachments: [{ filename: "a.txt", size: 3 }],
    });
    await page.locator("discord-message").hover();
    await page.getByRole("button", { name: "Reply" }).click();
    await text.fill("and more");
    await page.getByRole("button", { name: "Send" }).click();
    await discord.until(() => discord.messages(general).length === 2);
    expect(discord.messages(general)[1]?.message_reference?.message_id).toBe(said?.id);
  });

  test("commands with options, buttons, menus and forms work", async () => {
    const { url, discord, general, client, channel } = await setUp();
    await client.application?.commands.set(
      [
        {
          name: "model",
          description: "Changes the model",
          options: [{ name: "name", description: "Which", type: 3, required: true, autocomplete: true }],
        },
        { name: "Ask about this", type: 3 },
      ],
      discord.guild.id,
    );
    play(client);
    const { page, errors } = await openOnPhone(url);
    const text = page.locator("#text");
    await text.pressSequentially("/mod");
    await page.locator("#suggestions button", { hasText: "/model" }).click();
    await page.locator("#suggestions button", { hasText: "name:" }).click();
    await page.locator("#suggestions button", { hasText: "sonnet" }).click();
    await text.press("Enter");
    const last = () => discord.messages(general).at(-1)?.content;
    await expect.poll(last).toBe("model is sonnet");

    const row = (component: object) => ({ type: 1, components: [component] }) as never;
    await channel.send({
      content: "choose",
      components: [
        row({ type: 2, style: 3, label: "Allow", custom_id: "allow" }),
        row({ type: 3, custom_id: "pick", options: [{ label: "Two", value: "2" }] }),
      ],
    });
    await page.locator(".row select").selectOption("2");
    await expect.poll(last).toBe("picked 2");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill("because");
    await page.getByRole("button", { name: "Submit" }).click();
    await expect.poll(last).toBe("said because");

    await page.locator("discord-message").last().hover();
    await page.getByRole("button", { name: "Ask about this" }).last().click();
    await expect.poll(last).toBe("asked about: said because");
    expect(errors).toEqual([]);
  });

  test("on a phone the channels come from the side", async () => {
    const { url, discord } = await setUp();
    discord.addChannel("docs");
    const { page } = await openOnPhone(url);
    await page.getByRole("button", { name: "Channels" }).click();
    await page.getByRole("button", { name: "# docs" }).click();
    await expect.poll(() => page.locator("#title").innerText()).toBe("# docs");
  });
});

/** A bot that answers whatever is done. */
function play(client: Client): void {
  client.on("interactionCreate", (interaction: Interaction) => void answer(interaction));
}

async function answer(interaction: Interaction): Promise<void> {
  if (interaction.isAutocomplete()) await interaction.respond([{ name: "sonnet", value: "sonnet" }]);
  else if (interaction.isChatInputCommand())
    await interaction.reply(`model is ${interaction.options.getString("name")}`);
  else if (interaction.isMessageContextMenuCommand())
    await interaction.reply(`asked about: ${interaction.targetMessage.content}`);
  else if (interaction.isStringSelectMenu()) await interaction.reply(`picked ${interaction.values.join()}`);
  else if (interaction.isModalSubmit())
    await interaction.reply(`said ${interaction.fields.getTextInputValue("why")}`);
  else if (interaction.isButton()) {
    const field = { type: 4, custom_id: "why", label: "Why?", style: 1 };
    const components = [{ type: 1, components: [field] }] as never;
    await interaction.showModal({ custom_id: "form", title: "Reason", components });
  }
}
