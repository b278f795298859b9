import type { Command } from "commander";

/** A place on the command line: what may follow a chain of commands. */
export interface CommandPlace {
  /** The chain's names, each after a space: `""` for the program itself, `" project add"`. */
  readonly path: string;
  readonly commands: readonly Candidate[];
  readonly flags: readonly Flag[];
}

export interface Candidate {
  readonly name: string;
  /** One line. */
  readonly description: string;
}

export interface Flag extends Candidate {
  /** `--json`. */
  readonly name: string;
  /** `-c`. */
  readonly short: string | undefined;
  readonly takesValue: boolean;
  /** What its value may be; undefined for anything. */
  readonly choices: readonly string[] | undefined;
}

/** All places of the program, itself first. */
export function commandPlaces(command: Command, path = ""): CommandPlace[] {
  const commands = command.commands.map((child) => ({
    name: child.name(),
    description: child.description(),
  }));
  const flags = command.options.map((option) => ({
    name: option.long ?? option.short ?? "",
    short: option.long === undefined ? undefined : option.short,
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices,
  }));
  return [
    { path, commands, flags: [...flags, HELP] },
    ...command.commands.flatMap((child) => commandPlaces(child, `${path} ${child.name()}`)),
  ];
}

const HELP: Flag = {
  name: "--help",
  short: "-h",
  description: "display help for command",
  takesValue: false,
  choices: undefined,
};
