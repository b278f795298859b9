import { AttachmentBuilder, type Message } from "discord.js";
import { expect, test } from "vitest";
import { connectedBot, nextEvent } from "./connected-bot.ts";

test("a person's file reaches the bot, which fetches its bytes", async () => {
  const { ann, general, client } = await connectedBot();
  const created = nextEvent<Message>(client, "messageCreate");
  const data = new Uint8Array([0, 1, 2, 255]);
  await ann.says(general, "see", {
    mention: true,
    attachments: [{ name: "my file.bin", data, contentType: "application/octet-stream" }],
  });
  const attachment = (await created).attachments.first()!;
  expect(attachment).toMatchObject({ name: "my_file.bin", size: 4, contentType: "application/octet-stream" });
  const response = await fetch(attachment.url);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(data);
  expect((await fetch(attachment.proxyURL)).headers.get("Content-Type")).toBe("application/octet-stream");
});

test("a picture's size is told", async () => {
  const { ann, general } = await connectedBot();
  const png = Buffer.alloc(33);
  png.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  png.writeUInt32BE(640, 16);
  png.writeUInt32BE(480, 20);
  const message = await ann.says(general, "", {
    attachments: [{ name: "a.png", data: png, contentType: "image/png" }],
  });
  expect(message.attachments).toMatchObject([{ width: 640, height: 480, content_type: "image/png" }]);
});

test("a file's URL is signed and expires; the message gives a new one", async () => {
  let nowMs = Date.now();
  const { ann, general } = await connectedBot({ now: () => nowMs });
  const message = await ann.says(general, "x", { attachments: [{ name: "a.txt", data: "a" }] });
  const url = message.attachments[0]!.url;
  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(url.split("?")[0]!)).status).toBe(404);
  nowMs += 25 * 60 * 60_000;
  expect((await fetch(url)).status).toBe(404);
  const [again] = ann.sees(general);
  expect((await fetch(again!.attachments[0]!.url)).status).toBe(200);
});

test("the bot sends files with its message, keeps some and adds others on edit", async () => {
  const { discord, general, channel } = await connectedBot();
  const sent = await channel.send({
    content: "two",
    files: [
      new AttachmentBuilder(Buffer.from("one"), { name: "a.txt", description: "first" }),
      new AttachmentBuilder(Buffer.from("b"), { name: "b.diff" }),
    ],
  });
  expect(discord.requests.at(-1)?.fileNames).toEqual(["a.txt", "b.diff"]);
  const [first] = discord.messages(general)[0]!.attachments;
  expect(first).toMatchObject({
    filename: "a.txt",
    description: "first",
    size: 3,
    content_type: expect.stringMatching("text/plain"),
  });
  expect(await (await fetch(first!.url)).text()).toBe("one");
  const edited = await sent.edit({
    attachments: [first!],
    files: [new AttachmentBuilder(Buffer.from("c"), { name: "c.txt" })],
  });
  expect(edited.attachments.map((attachment) => attachment.name)).toEqual(["a.txt", "c.txt"]);
  const cleared = await sent.edit({ attachments: [] });
  expect(cleared.attachments.size).toBe(0);
});

test("a file over 10 MiB is refused", async () => {
  const { channel } = await connectedBot();
  const large = new AttachmentBuilder(Buffer.alloc(10 * 1024 * 1024 + 1), { name: "large.bin" });
  await expect(channel.send({ files: [large] })).rejects.toMatchObject({ code: 40005, status: 413 });
});

test("an embed shows the message's own file by its attachment:// name, and no other", async () => {
  const { discord, general, channel } = await connectedBot();
  const files = [new AttachmentBuilder(Buffer.from("png"), { name: "chart.png" })];
  await channel.send({ files, embeds: [{ image: { url: "attachment://chart.png" } }] });
  const [message] = discord.messages(general);
  expect(await (await fetch(message!.embeds[0]!.image!.url)).text()).toBe("png");
  const missing = channel.send({ files, embeds: [{ image: { url: "attachment://other.png" } }] });
  await expect(missing).rejects.toMatchObject({ code: 50035 });
});
