import { splitMessage } from "../../src/discord/reply/split-message.ts";
import { createStreamSplitter } from "../../src/discord/reply/stream-splitter.ts";
import { median } from "../support/median.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";

const PROSE =
  "The **daemon** reads `config.yaml` and starts a [session](https://example.com/a?b=c) for each channel, so that " +
  "a message is answered *once*. It keeps going when the gateway drops; see the notes below for what happens then. ";
const CODE = "  const value = compute(index, options); // indented\n".repeat(30);
const LIST =
  "- first item with `code`\n- second item\n  - nested item\n  - another **nested** item\n- third item";
const TABLE = "| name | value |\n|---|---:|\n| timeout | 30 s |\n| retries | 3 |";
const QUOTE = "> What is quoted\n> goes on here.";
const ANSWER = [
  "## What changed",
  PROSE,
  PROSE,
  LIST,
  `\`\`\`ts\n${CODE}\`\`\``,
  PROSE,
  "1. Run the tests\n2. Read the log\n3. Deploy",
  TABLE,
  QUOTE,
  "",
].join("\n\n");

const STREAMS = {
  "a mixed answer": answerOf(50_000),
  "one code block": `\`\`\`ts\n${CODE.repeat(40).slice(0, 50_000)}`,
  "one list": "- an item of a list with `code` in it\n".repeat(1300).slice(0, 50_000),
  "one paragraph": PROSE.repeat(300).slice(0, 50_000),
  "one quote": "> a line of a quote with `code` in it\n".repeat(1400).slice(0, 50_000),
  "one item with items in it": `- top\n${"  - an item in an item with `code`\n".repeat(1500)}`.slice(
    0,
    50_000,
  ),
  "one table": `| a | b |\n|---|---|\n${"| **a cell** | `another` |\n".repeat(2000)}`.slice(0, 50_000),
};

export const suite: Suite = {
  title: "The splitter",
  about:
    "CPU time, since that is what a shared machine gives: how fast a finished answer of 1 MB is split into messages " +
    "and by how many parts it misses the fewest possible, and what each edit of a streaming answer of 50 kB costs " +
    "when it has nearly all of its text.",
  run: async () => {
    const { speed, parts, fewest } = measureSplit();
    const streams = Object.entries(STREAMS).map(([name, answer]) => ({ name, ...measureStream(answer) }));
    const worst = Math.max(...streams.map(({ usual }) => usual));
    return {
      columns: ["", "usual", "at worst"],
      rows: [
        ["splitting a finished answer, MB/s", rounded(speed), ""],
        ["parts / the fewest possible", rounded(parts / fewest), ""],
        ...streams.map(
          ({ name, usual, most }) => [`an edit of ${name}, ms`, rounded(usual), rounded(most)] as const,
        ),
      ],
      ratios: {
        "splitting, MB/s of CPU": { value: rounded(speed), better: "higher", goal: 2, noise: 1 },
        "parts / the fewest possible": {
          value: rounded(parts / fewest),
          better: "lower",
          goal: 1.1,
          noise: 0.05,
        },
        "an edit of a streaming 50 kB answer, ms of CPU, the dearest kind": {
          value: rounded(worst),
          better: "lower",
          goal: 5,
          noise: 1,
        },
      },
    };
  },
};

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function answerOf(units: number): string {
  return ANSWER.repeat(Math.ceil(units / ANSWER.length)).slice(0, units);
}

function measureSplit() {
  const answer = answerOf(1_000_000);
  const parts = splitMessage(answer).length;
  const count = Math.max(2, rounds(10));
  const ms = cpuMs(() => {
    for (let round = 0; round < count; round++) splitMessage(answer);
  });
  return {
    speed: (Buffer.byteLength(answer) * count) / 1000 / ms,
    parts,
    fewest: Math.ceil(answer.length / 2000),
  };
}

function measureStream(answer: string): { usual: number; most: number } {
  const step = 200;
  const costs: number[] = [];
  const splitter = createStreamSplitter();
  for (let at = 0; at < answer.length; at += step) {
    const work = () => {
      splitter.append(answer.slice(at, at + step));
      splitter.parts();
    };
    costs.push(cpuMs(work));
  }
  const last = costs.slice(-50);
  return { usual: median(last), most: Math.max(...last) };
}
