import type { TextChannel } from "discord.js";
import { expect, test } from "vitest";
import { connectedBot } from "./connected-bot.ts";

test("ten channels answered and edited at once stay within every limit", async () => {
  const { discord, ann, client } = await connectedBot({ rateLimits: true });
  const channels = Array.from({ length: 10 }, (_, index) => discord.addChannel(`busy-${index}`));
  await Promise.all(
    channels.map(async ({ id }) => {
      const asked = await ann.says(id, "go", { mention: true });
      const channel = (await client.channels.fetch(id)) as TextChannel;
      const reply = await channel.send({ content: "0", reply: { messageReference: asked.id } });
      for (const text of ["1", "2", "3", "4"]) await reply.edit(text);
    }),
  );
  for (const { id } of channels) {
    expect(discord.messages(id).map(({ content }) => content)).toEqual([expect.stringContaining("go"), "4"]);
  }
  expect(discord.rateLimited).toEqual([]);
}, 30_000);
