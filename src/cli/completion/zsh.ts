import type { Candidate, CommandPlace } from "./command-places.ts";

/** For a folder in zsh's `fpath`, as `_claude-coord`. */
export function zshScript(program: string, places: readonly CommandPlace[]): string {
  const chain = places.flatMap(({ path }) => (path === "" ? [] : [quoted(path)])).join(" | ");
  const lists = places.map(
    ({ path, commands, flags }) =>
      `    ${quoted(path)})\n      commands=(${list(commands)})\n      flags=(${list(flags)}) ;;`,
  );
  const values = places.flatMap(({ path, flags }) =>
    flags
      .filter(({ takesValue }) => takesValue)
      .map(({ name, short, choices }) => {
        const flag = [name, short]
          .filter((each) => each !== undefined)
          .map((each) => quoted(`${path} ${each}`));
        const offer = choices === undefined ? "_files" : `compadd -- ${choices.map(quoted).join(" ")}`;
        return `    ${flag.join(" | ")}) ${offer}; return ;;`;
      }),
  );
  return `#compdef ${program}
_claude_coord() {
  local at="" word
  local -a commands flags
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      ${chain}) at="$at $word" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${values.join("\n")}
  esac
  case "$at" in
${lists.join("\n")}
  esac
  if (( $#commands )); then _describe command commands; else _files; fi
  _describe -o flag flags
}
# Sourced, it registers itself; from fpath, it is called.
if [[ $funcstack[1] == _claude-coord ]]; then _claude_coord "$@"; else compdef _claude_coord ${program}; fi
`;
}

/** A colon ends the name. */
function list(candidates: readonly Candidate[]): string {
  return candidates
    .map(({ name, description }) => quoted(`${name.replaceAll(":", "\\:")}:${description}`))
    .join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
