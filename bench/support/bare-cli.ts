import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A warm `claude` driven by nothing but this: the floor under what any bot can reach. */
export async function bareCli(options: {
  command: string;
  cwd: string;
  env: Record<string, string>;
  args?: readonly string[];
}) {
  const child = spawn(
    options.command,
    [
      "-p",
      "--input-format",
      "stream-json",
      "--output-format",
      "stream-json",
      "--verbose",
      "--include-partial-messages",
      ...(options.args ?? []),
    ],
    { cwd: options.cwd, env: options.env, stdio: ["pipe", "pipe", "ignore"] },
  );
  const lines = createInterface({ input: child.stdout });
  return {
    /** Settles when the process is up. */
    async initialize(): Promise<void> {
      const up = new Promise<void>((resolve) => lines.once("line", () => resolve()));
      const request = { subtype: "initialize" };
      child.stdin.write(`${JSON.stringify({ type: "control_request", request_id: "up", request })}\n`);
      await up;
    },
    /** Asks, and gives the ms until the first text and until the end. */
    async ask(text: string): Promise<{ firstMs: number; endMs: number }> {
      const begun = performance.now();
      let firstMs = Number.NaN;
      const end = new Promise<number>((resolve) => {
        const hear = (line: string) => {
          const parsed = JSON.parse(line) as { type: string; event?: { delta?: { type?: string } } };
          if (Number.isNaN(firstMs) && parsed.event?.delta?.type === "text_delta")
            firstMs = performance.now() - begun;
          if (parsed.type !== "result") return;
          lines.off("line", hear);
          resolve(performance.now() - begun);
        };
        lines.on("line", hear);
      });
      const message = { role: "user", content: text };
      child.stdin.write(
        `${JSON.stringify({ type: "user", message, uuid: randomUUID(), client_composed: true })}\n`,
      );
      return { endMs: await end, firstMs };
    },
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
