import type { Command } from "commander";
import { bashScript } from "./bash.ts";
import { commandPlaces } from "./command-places.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

/** The shells that can be completed in. */
export type Shell = "bash" | "zsh" | "fish";

/** A script for the shell that knows every command and flag of the program. */
export function completionScript(shell: Shell, program: Command): string {
  const write = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
  return write(program.name(), commandPlaces(program));
}
