import { Command } from "commander";
import type { Terminal } from "../terminal.ts";

export function demoCommand(terminal: Terminal): Command {
  return new Command("demo")
    .description("see it work on this machine: no Discord account, no Claude login, nothing to pay")
    .option("--once", "end after the scene")
    .option("--claude", "answer with your own logged-in claude and its model, instead of the scripted one")
    .addHelpText("after", "\nExamples:\n  claude-coord demo\n  claude-coord demo --once")
    .action(async (options: { once?: boolean; claude?: boolean }) => {
      const { demo } = await import("../demo/demo.ts");
      await demo(options, terminal);
    });
}
