import { styleText } from "node:util";
import type { Terminal } from "./terminal.ts";

/** Prints names and values below each other, one fact a line; what is undefined is left out. */
export function printFacts(
  { stdout }: Pick<Terminal, "stdout">,
  facts: Readonly<Record<string, string | undefined>>,
): void {
  const known = Object.entries(facts).filter((fact): fact is [string, string] => fact[1] !== undefined);
  const width = Math.max(...known.map(([name]) => name.length));
  for (const [name, value] of known) {
    const indented = value.replaceAll("\n", `\n${" ".repeat(width + 2)}`);
    stdout.write(`${styleText("bold", name.padEnd(width), { stream: stdout })}  ${indented}\n`);
  }
}
