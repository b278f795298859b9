import { stringify } from "yaml";
import { type KnownKey, knownKeys } from "./known-keys.ts";
import { formatKey } from "./schema-problems.ts";

/** What stands in the example for use; the other keys are commented out. */
const FILLED_IN = new Set([
  "discord.token",
  "projects[0].name",
  "projects[0].channel_id",
  "projects[0].project_dir",
  "projects[0].allowed_tools",
  "projects[0].model",
  "projects[0].permission_mode",
]);

const HEAD = `# claude-coord: every key with its default. Copy to ~/.claude-coordinator/config.yaml, then: chmod 600.
# Lines like \`#key: value\` are switched off: take the # away to use one. docs/configuration.md has more.
# Durations: 30s, 15m, 2h, 1d. Ids are in quotes: Discord, Settings, Advanced, Developer Mode, then Copy ID.
# yaml-language-server: $schema=docs/config.schema.json
`;

/** The text of config.example.yaml. */
export function exampleConfig(): string {
  const parts = knownKeys()
    .filter(({ path }) => path.length < 4)
    .map((key) => (key.path.length === 1 ? `\n${entry(key)}` : entry(key)));
  return HEAD + parts.join("");
}

function entry(key: KnownKey): string {
  const { path, description } = key;
  const name = String(path.at(-1));
  const inList = path[1] === 0;
  const indent =
    "  ".repeat(path.filter((part) => typeof part === "string").length - 1) + (inList ? "  " : "");
  const opensItem = inList && name === "name";
  const comment = wrapped(description, 100 - indent.length).map((line) => `${indent}# ${line}\n`);
  // The item's dash must not stand behind the comment of its first key.
  const lead = opensItem ? `${indent.slice(2)}- ` : indent;
  if (opensItem) comment.splice(0, comment.length, ...comment.map((line) => line.slice(2)));
  if (key.section && path.length === 1) return `${comment.join("")}${lead}${name}:\n`;
  const switchedOff = FILLED_IN.has(formatKey(path)) ? "" : "#";
  return `${comment.join("")}${lead}${switchedOff}${name}: ${written(key)}\n`;
}

function written(key: KnownKey): string {
  const value = key.example ?? key.default ?? null;
  return stringify(value, { collectionStyle: "flow", flowCollectionPadding: true, lineWidth: 0 }).trim();
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
