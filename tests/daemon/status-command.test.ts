import { expect, test } from "vitest";
import { wholeDaemon } from "../support/whole-daemon.ts";

test("/status tells what runs and waits, and how the bot is, in a line each", async () => {
  const { ann, web, discord, start, contents } = await wholeDaemon({
    discord: { heartbeatIntervalMs: 3_000 },
  });
  await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=100000 pace=500", { mention: true });
  await discord.until(() => contents().some((content) => content.startsWith("m1 line")), {
    timeoutMs: 20_000,
  });
  for (const text of ["m2 next", "m3 last"]) await ann.says(web, text, { mention: true });
  const status = async () => {
    const [reply] = await (await ann.runs(web, "/status")).waitsForReply({ timeoutMs: 20_000 });
    return reply?.content;
  };
  await expect.poll(status).toMatch(/^- <#\d+> · web · default model · .* · \*\*running\*\* · 2 waiting$/m);
  // Known with the first heartbeat.
  const line =
    /^-# claude-coord \d\S+ · up since <t:\d+:R> · Claude Code \d\S+ · gateway \d+ ms · agents: 1 busy, 0 warm$/m;
  await expect.poll(status, { timeout: 30_000, interval: 500 }).toMatch(line);
});
