import { splitMessage } from "../src/discord/reply/split-message.ts";
import { createStreamSplitter } from "../src/discord/reply/stream-splitter.ts";

/*
 * node bench/splitter.ts: how fast a finished answer is split, and what each edit of a streaming one costs.
 * CPU time, since that is what a shared machine gives.
 */

const PROSE =
  "The **daemon** reads `config.yaml` and starts a [session](https://example.com/a?b=c) for each channel, so that " +
  "a message is answered *once*. It keeps going when the gateway drops; see the notes below for what happens then.";
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

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function answerOf(units: number): string {
  return ANSWER.repeat(Math.ceil(units / ANSWER.length)).slice(0, units);
}

function measureSplit(): void {
  const answer = answerOf(1_000_000);
  splitMessage(answer);
  const rounds = 3;
  const ms = cpuMs(() => {
    for (let round = 0; round < rounds; round++) splitMessage(answer);
  });
  const speed = (Buffer.byteLength(answer) * rounds) / 1000 / ms;
  console.log(`split a finished answer      ${speed.toFixed(2)} MB/s of CPU`);
}

function measureStream(name: string, answer: string): void {
  const step = 200;
  const costs: number[] = [];
  const splitter = createStreamSplitter();
  for (let at = 0; at < answer.length; at += step) {
    costs.push(
      cpuMs(() => {
        splitter.append(answer.slice(at, at + step));
        splitter.parts();
      }),
    );
  }
  const last = costs.slice(-50).sort((a, b) => a - b);
  const shown = [last[25] ?? 0, last.at(-1) ?? 0].map((ms) => `${ms.toFixed(2)} ms`);
  console.log(`${name.padEnd(28)} ${shown[0]} an edit, ${shown[1]} at worst, of the last 50`);
}

measureSplit();
measureStream("stream a mixed answer", answerOf(50_000));
measureStream("stream one code block", `\`\`\`ts\n${CODE.repeat(40).slice(0, 50_000)}`);
measureStream("stream one list", "- an item of a list with `code` in it\n".repeat(1300).slice(0, 50_000));
measureStream("stream one paragraph", PROSE.repeat(300).slice(0, 50_000));
