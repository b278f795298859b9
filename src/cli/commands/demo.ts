import { Command, InvalidArgumentError } from "commander";
import type { Terminal } from "../terminal.ts";

export function demoCommand(terminal: Terminal): Command {
  return new Command("demo")
    .description("see it work on this machine: no Discord account, no Claude login, nothing to pay")
    .option("--once", "end after the scene")
    .option("--web", "on a page for the browser of this machine, in place of the terminal")
    .option("--port <number>", "the page's port (default: any free one)", portNumber)
    .option("--claude", "answer with your own logged-in claude and its model, instead of the scripted one")
    .addHelpText(
      "after",
      "\nExamples:\n  claude-coord demo\n  claude-coord demo --once\n  claude-coord demo --web",
    )
    .action(async (options: { once?: boolean; claude?: boolean; web?: boolean; port?: number }) => {
      if (options.web) {
        const { demoOnPage } = await import("../demo/web.ts");
        return demoOnPage(options, terminal);
      }
      const { demo } = await import("../demo/demo.ts");
      await demo(options, terminal);
    });
}

function portNumber(written: string): number {
  const port = Number(written);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError("A port is a whole number from 1 to 65535.");
}
