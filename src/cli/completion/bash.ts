import type { CommandPlace } from "./command-places.ts";

/** For `~/.local/share/bash-completion/completions/`. */
export function bashScript(program: string, places: readonly CommandPlace[]): string {
  const words = places.map(({ path, commands, flags }) => {
    const names = [...commands, ...flags].map(({ name }) => name);
    return `    ${quoted(path)}) words=${quoted(names.join(" "))} ;;`;
  });
  const values = places.flatMap(({ path, flags }) =>
    flags
      .filter(({ takesValue }) => takesValue)
      .map(({ name, short, choices }) => {
        const flag = [name, short]
          .filter((each) => each !== undefined)
          .map((each) => quoted(`${path} ${each}`));
        return `    ${flag.join(" | ")}) words=${quoted((choices ?? []).join(" "))} ;;`;
      }),
  );
  // Without a match, bash completes the names of files.
  return `# bash completion for ${program}
_claude_coord() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${chain(places)}) at="$at $word" ;;
    esac
  done
  case "$at" in
${words.join("\n")}
  esac
  case "$at $prev" in
${values.join("\n")}
  esac
  COMPREPLY=()
  local candidate
  for candidate in $words; do
    [[ $candidate == "$cur"* ]] && COMPREPLY+=("$candidate")
  done
}
complete -o default -F _claude_coord ${program}
`;
}

function chain(places: readonly CommandPlace[]): string {
  return places.flatMap(({ path }) => (path === "" ? [] : [quoted(path)])).join(" | ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
