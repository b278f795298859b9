import type { CommandPlace } from "./command-places.ts";

/** For `~/.config/fish/completions/`. */
export function fishScript(program: string, places: readonly CommandPlace[]): string {
  const chain = places.flatMap(({ path }) => (path === "" ? [] : [quoted(path)])).join(" ");
  const lines = places.flatMap(({ path, commands, flags }) => {
    const here = `complete -c ${program} -n ${quoted(`__claude_coord_at "${path}"`)}`;
    return [
      ...commands.map(({ name, description }) => `${here} -f -a ${name} -d ${quoted(description)}`),
      ...flags.map(({ name, short, description, takesValue, choices }) => {
        const names = [
          `-l ${name.replace(/^--/, "")}`,
          ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
        ];
        const value = !takesValue
          ? ""
          : choices === undefined
            ? " -r -F"
            : ` -x -a ${quoted(choices.join(" "))}`;
        return `${here} ${names.join(" ")}${value} -d ${quoted(description)}`;
      }),
    ];
  });
  return `# fish completion for ${program}
function __claude_coord_at
    set -l at ""
    for word in (commandline -opc)[2..-1]
        if contains -- "$at $word" ${chain}
            set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
