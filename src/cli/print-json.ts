import type { Terminal } from "./terminal.ts";

/** Prints a value as JSON that people can read too. */
export function printJson({ stdout }: Pick<Terminal, "stdout">, value: unknown): void {
  stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
