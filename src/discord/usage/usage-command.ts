import { daysUpTo, type UsageTotals } from "../../core/history/usage.ts";
import type { Project } from "../../core/projects/project.ts";
import type { CommandsDeps } from "../commands/commands-deps.ts";
import { passOn } from "../commands/pass-on.ts";
import { type InteractionHandler, interactionHandler, type Subject } from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import { type UsageOverview, usageOverview } from "./usage-overview.ts";

/** What `/usage of:` takes; without it, the daily totals are shown. */
export const OF_SESSION = "session";

const DEFAULT_DAYS = 30;
const MOST_DAYS = 366;

interface UsageSubject extends Subject {
  readonly days: number;
}

/**
 * `/usage`: what the projects in which the person may talk have taken, day by day, as a picture with the numbers
 * beside it; with `of: session`, what Claude Code itself says of the channel's session.
 */
export function usageCommand(deps: CommandsDeps): InteractionHandler {
  const ofSession = passOn("/usage", deps);
  const totals = interactionHandler<UsageSubject>({
    action: "talk",
    subject: (interaction) => {
      const wanted = option(interaction, "project");
      const projects = deps.projects().filter((project) => isWanted(project, wanted, interaction, deps));
      if (projects.length === 0)
        return wanted === undefined ? "No project belongs to this guild." : NO_SUCH_PROJECT;
      const days = Number(option(interaction, "days") ?? DEFAULT_DAYS);
      return { guildId: interaction.guildId, projects, days: Math.min(Math.max(days, 1), MOST_DAYS) };
    },
    run: async ({ projects, subject, answer }) => {
      const days = daysUpTo(Date.now(), subject.days);
      const projectNames = projects.map(({ name }) => name);
      const overview = usageOverview(
        deps.usage.daily({ from: days[0], to: days.at(-1), projectNames }),
        days,
      );
      if (overview.total.turns === 0) {
        return answer.reply({ content: `Nothing was asked in ${span(subject.days)}.` });
      }
      const data = await deps.usageChart(overview);
      const files = data === undefined ? [] : [{ name: "usage.png", data }];
      await answer.reply({ content: usageText(overview, subject.days), files });
    },
  });
  return {
    ...totals,
    open: (interaction) =>
      option(interaction, "of") === OF_SESSION ? ofSession.open(interaction) : totals.open(interaction),
  };
}

const NO_SUCH_PROJECT = "There is no project of that name in this guild.";

/** The numbers of the picture: in all, by project, and the last days. */
export function usageText({ days, series, total }: UsageOverview, count: number): string {
  const lastDays = days.slice(-SHOWN_DAYS).flatMap((day) => {
    const index = days.indexOf(day);
    const parts = series.flatMap(({ days: each }) => each[index] ?? []);
    const sum = { turns: 0, costUsd: 0, tokens: 0 };
    for (const { turns, costUsd, inputTokens, outputTokens } of parts) {
      sum.turns += turns;
      sum.costUsd += costUsd;
      sum.tokens += inputTokens + outputTokens;
    }
    return sum.turns === 0
      ? []
      : [
          `${day}  ${money(sum.costUsd).padStart(9)}  ${compact(sum.tokens).padStart(6)}  ${String(sum.turns).padStart(5)}`,
        ];
  });
  const failed = total.failed === 0 ? "" : `, ${total.failed} of them failed`;
  return [
    `**${money(total.costUsd)}** in ${span(count)}: ${tokens(total)}, ${turns(total.turns)}${failed}.`,
    ...series.map(
      ({ name, total: own }) =>
        `- ${cut(escaped(name), 60)}: ${money(own.costUsd)} · ${tokens(own)} · ${turns(own.turns)}`,
    ),
    `\`\`\`\nday              cost  tokens  turns\n${lastDays.reverse().join("\n")}\n\`\`\``,
    "-# Costs are estimates from list prices, as Claude Code tells them.",
  ].join("\n");
}

const SHOWN_DAYS = 10;

function span(days: number): string {
  return days === 1 ? "one day (today)" : `${days} days`;
}

function tokens({ inputTokens, outputTokens }: UsageTotals): string {
  return `${compact(inputTokens)} tokens read, ${compact(outputTokens)} written`;
}

function turns(count: number): string {
  return `${count} ${count === 1 ? "turn" : "turns"}`;
}

function money(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

function compact(amount: number): string {
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 }).format(amount);
}

function isWanted(
  { name, channelId }: Project,
  wanted: string | undefined,
  { guildId }: IncomingInteraction,
  deps: CommandsDeps,
): boolean {
  return deps.guildOf(channelId) === guildId && (wanted === undefined || wanted === name);
}

function option({ input }: IncomingInteraction, name: string): string | undefined {
  const value = input.type === "command" ? input.options[name] : undefined;
  return value === undefined ? undefined : String(value);
}
