import { styleText } from "node:util";
import type { Terminal } from "../terminal.ts";

/** Prints the scene: what people and the bot say in the channels, and what happens around it. */
export interface Transcript {
  says(channel: string, who: string, text: string): void;
  stage(text: string): void;
}

export function createTranscript(terminal: Terminal): Transcript {
  const { stdout } = terminal;
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { stream: stdout });
  return {
    says: (channel, who, text) => {
      const isBot = who === "claude";
      const head = `${style("dim", `#${channel}`.padEnd(6))} ${style(isBot ? "magenta" : "cyan", who.padEnd(6))} `;
      const [first = "", ...rest] = text.split("\n");
      const indent = " ".repeat(14);
      stdout.write(`${head} ${first}\n${rest.map((line) => `${indent}${line}\n`).join("")}`);
    },
    stage: (text) => void stdout.write(`${style("dim", text)}\n`),
  };
}
