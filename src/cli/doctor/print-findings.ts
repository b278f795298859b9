import { styleText } from "node:util";
import type { Terminal } from "../terminal.ts";
import type { Finding } from "./finding.ts";

/** Prints each finding on a line, with what to do below it, and a last line that counts them. */
export function printFindings({ stdout }: Pick<Terminal, "stdout">, findings: readonly Finding[]): void {
  for (const { status, message, fix } of findings) {
    const mark = styleText(COLORS[status], status.padEnd(WIDTH), { stream: stdout });
    stdout.write(`${mark} ${message}\n`);
    if (fix !== undefined) stdout.write(`${" ".repeat(WIDTH)} → ${fix}\n`);
  }
  const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  const counted = (status: "warning" | "problem") =>
    `${count(status)} ${status}${count(status) === 1 ? "" : "s"}`;
  stdout.write(`\n${count("ok")} ok, ${counted("warning")}, ${counted("problem")}\n`);
}

const WIDTH = "problem".length;

const COLORS: Readonly<Record<Finding["status"], Parameters<typeof styleText>[0]>> = {
  ok: "green",
  warning: "yellow",
  problem: "red",
};
