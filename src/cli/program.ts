import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { Terminal } from "./terminal.ts";

/** The command line: which commands and flags there are. What a command does is loaded when it runs. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command("claude-coord")
    .description(
      "A Discord bot for your own server: each channel talks to its own persistent Claude Code session.",
    )
    .version(packageVersion(), "-V, --version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .showHelpAfterError("Run it with --help to see what there is.");

  program
    .command("serve")
    .description("run the bot until it is stopped")
    .option("-c, --config <file>", "the config file (default: ~/.claude-coordinator/config.yaml)")
    .addHelpText("after", "\nExample:\n  claude-coord serve --config /etc/claude-coord/config.yaml")
    .action(async (options: { config?: string }) => {
      const { serve } = await import("./commands/serve.ts");
      await serve(options, terminal);
    });

  program
    .command("demo")
    .description("see it work on this machine: no Discord account, no Claude login, nothing to pay")
    .option("--once", "end after the scene")
    .option("--claude", "answer with your own logged-in claude and its model, instead of the scripted one")
    .addHelpText("after", "\nExamples:\n  claude-coord demo\n  claude-coord demo --once")
    .action(async (options: { once?: boolean; claude?: boolean }) => {
      const { demo } = await import("./commands/demo.ts");
      await demo(options, terminal);
    });

  return program;
}

function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
