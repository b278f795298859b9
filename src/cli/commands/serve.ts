import { Command } from "commander";
import type { Terminal } from "../terminal.ts";

export function serveCommand(terminal: Terminal): Command {
  return new Command("serve")
    .description("run the bot until it is stopped")
    .option("-c, --config <file>", "the config file (default: ~/.claude-coordinator/config.yaml)")
    .addHelpText("after", "\nExample:\n  claude-coord serve --config /etc/claude-coord/config.yaml")
    .action(async (options: { config?: string }) => {
      const { serve } = await import("../serve/serve.ts");
      await serve(options, terminal);
    });
}
