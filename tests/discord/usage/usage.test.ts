import { createCanvas, loadImage } from "@napi-rs/canvas";
import { expect, test } from "vitest";
import { type DailyUsage, dayOf, daysUpTo, NO_USAGE } from "../../../src/core/history/usage.ts";
import type { CommandsDeps } from "../../../src/discord/commands/commands-deps.ts";
import { usageChart } from "../../../src/discord/usage/usage-chart.ts";
import { usageCommand } from "../../../src/discord/usage/usage-command.ts";
import { usageOverview } from "../../../src/discord/usage/usage-overview.ts";
import { interactionBot, startDiscord } from "../../support/interaction-bot.ts";
import { projectIn } from "../../support/projects.ts";

const usage = (projectName: string, day: string, own: Partial<DailyUsage> = {}): DailyUsage => ({
  ...NO_USAGE,
  day,
  projectName,
  userId: "1",
  userName: "ann",
  turns: 1,
  costUsd: 1,
  ...own,
});

test("what many projects took is put together: the most expensive by name, the others as one", () => {
  const days = ["2026-11-21", "2026-11-22"];
  const daily = Array.from({ length: 9 }, (_, index) =>
    usage(`project-${index}`, days[index % 2]!, { costUsd: index }),
  );
  const { series, total } = usageOverview(daily, days);
  expect(series.map(({ name }) => name)).toEqual([
    "project-8",
    "project-7",
    "project-6",
    "project-5",
    "project-4",
    "4 others",
  ]);
  expect(series[0]?.days.map(({ costUsd }) => costUsd)).toEqual([8, 0]);
  expect(series[5]?.days.map(({ turns }) => turns)).toEqual([2, 2]);
  expect(total).toMatchObject({ turns: 9, costUsd: 36 });
});

test("the picture stands on a ground of its own, and shows the bars", async () => {
  const days = daysUpTo(Date.now(), 30);
  const png = await usageChart(usageOverview([usage("web", days[29]!), usage("docs", days[3]!)], days));
  const image = await loadImage(png);
  expect([image.width, image.height]).toEqual([1200, 1080]);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const colors = new Map<string, number>();
  for (let at = 0; at < data.length; at += 4) {
    expect(data[at + 3]).toBe(255);
    const color = `${data[at]},${data[at + 1]},${data[at + 2]}`;
    colors.set(color, (colors.get(color) ?? 0) + 1);
  }
  const [ground] = [...colors].sort(([, a], [, b]) => b - a)[0]!;
  expect(ground).toBe("43,45,49");
  // One bar of each project in each of the panels for cost and turns.
  for (const bar of ["110,168,255", "255,180,84"]) expect(colors.get(bar)).toBeGreaterThan(1_000);
});

async function scene(chart: () => Promise<Buffer | undefined>) {
  const discord = await startDiscord();
  const [channel, secret] = [discord.addChannel("web"), discord.addChannel("secret")];
  const ann = discord.addMember("ann");
  const nobody = { users: [], roles: [], everyone: false };
  const asked: unknown[] = [];
  const deps = {
    projects: () => [projectIn(channel), projectIn(secret, { name: "secret", access: nobody })],
    guildOf: () => discord.guild.id,
    usage: {
      daily: (filter: { projectNames?: readonly string[] }) => {
        asked.push(filter.projectNames);
        const today = dayOf(Date.now());
        return [
          usage("web", today, { costUsd: 0.5, inputTokens: 12_000, outputTokens: 300, turns: 3, failed: 1 }),
        ];
      },
    },
    usageChart: chart,
  };
  const bot = await interactionBot(discord, {
    commands: { usage: usageCommand(deps as unknown as CommandsDeps) },
  });
  const project = { name: "project", description: "One project", type: 3 } as const;
  await bot.register([{ name: "usage", description: "Shows", options: [project] }]);
  const runs = async (options = {}) =>
    (await (await ann.runs(channel, "/usage", options)).waitsForReply())[0]!;
  return { asked, runs };
}

test("only projects in which somebody may talk are counted, with a picture and the numbers beside it", async () => {
  const { asked, runs } = await scene(async () => Buffer.from("a picture"));
  const reply = await runs();
  expect(asked).toEqual([["web"]]);
  expect(reply.content).toContain(
    "**$0.50** in 30 days: 12K tokens read, 300 written, 3 turns, 1 of them failed.",
  );
  expect(reply.content).toContain(`${dayOf(Date.now())}      $0.50   12.3K      3`);
  expect(reply.attachments.map(({ filename }) => filename)).toEqual(["usage.png"]);
  expect((await runs({ project: "secret" })).content).toContain("You may not talk");
  expect((await runs({ project: "nothing" })).content).toContain("no project of that name");
});

test("where no picture can be drawn the numbers come without it", async () => {
  const { runs } = await scene(async () => undefined);
  const reply = await runs();
  expect(reply.content).toContain("$0.50");
  expect(reply.attachments).toEqual([]);
});
