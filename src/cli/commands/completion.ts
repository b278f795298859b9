import { Argument, Command } from "commander";
import type { Shell } from "../completion/completion.ts";
import type { Terminal } from "../terminal.ts";

export function completionCommand(terminal: Terminal): Command {
  const command = new Command("completion")
    .description("print what makes the Tab key complete commands and flags in your shell")
    .addArgument(new Argument("<shell>", "your shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Examples:
  claude-coord completion bash > ~/.local/share/bash-completion/completions/claude-coord
  claude-coord completion zsh > "\${fpath[1]}/_claude-coord"
  claude-coord completion fish > ~/.config/fish/completions/claude-coord.fish`,
    );
  return command.action(async (shell: Shell) => {
    const { completionScript } = await import("../completion/completion.ts");
    terminal.stdout.write(completionScript(shell, command.parent ?? command));
  });
}
