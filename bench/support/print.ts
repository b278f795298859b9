import { meetsGoal, type Outcome, type Suite } from "./suite.ts";

/** A suite's figures as Markdown, for the terminal and for docs/performance.md alike. */
export function printOutcome({ title, about }: Pick<Suite, "title" | "about">, outcome: Outcome): string {
  const table = [
    row(outcome.columns),
    row(outcome.columns.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...outcome.rows.map((cells) => row(cells.map(String))),
  ];
  const ratios = Object.entries(outcome.ratios).map(([name, ratio]) => {
    const met = meetsGoal(ratio);
    const goal = `goal ${ratio.better === "lower" ? "at most" : "at least"} ${ratio.goal}`;
    const verdict = met === undefined ? "" : ` (${goal}: ${met ? "met" : "**missed**"})`;
    return `- ${name}: **${ratio.value}**${verdict}`;
  });
  return [`### ${title}`, "", about, "", ...table, "", ...ratios, ""].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
