/** Units that fit on one line of a phone in Discord's small print. */
const PHONE_LINE = 60;

type Input = Readonly<Record<string, unknown>>;

/**
 * What Claude does with a tool, in one phone line of Discord's Markdown: ``Bash `npm test` ``, ``Edit `src/a.ts` +12 -3``.
 * Paths are shown from `projectDir` on where they lie in it.
 */
export function toolLine(name: string, input: Input, projectDir?: string): string {
  const [server, tool] = mcpName(name);
  if (server === OURS && tool === "send_file")
    return `Send \`${cutPath(inCode(relativeTo(text(input.path), projectDir)), PHONE_LINE - 7)}\``;
  if (server !== undefined) return cut(escaped(`${server}: ${tool}`), PHONE_LINE);
  const about = subject(name, input, projectDir);
  if (about === undefined) return cut(escaped(name), PHONE_LINE);
  const changes = name === "Edit" ? changedLines(text(input.old_string), text(input.new_string)) : "";
  const room = PHONE_LINE - name.length - changes.length - 3;
  return `${escaped(name)} \`${about.path ? cutPath(about.shown, room) : cut(about.shown, room)}\`${changes}`;
}

/** What a tool works on, fit for inline code. */
function subject(
  name: string,
  input: Input,
  projectDir: string | undefined,
): { shown: string; path: boolean } | undefined {
  const path = text(input.file_path) || text(input.notebook_path) || (name === "LS" ? text(input.path) : "");
  if (path !== "") return { shown: inCode(relativeTo(path, projectDir)), path: true };
  const shown = inCode(SUBJECTS.get(name)?.(input) ?? "");
  return shown === "" ? undefined : { shown, path: false };
}

const SUBJECTS: ReadonlyMap<string, (input: Input) => string> = new Map([
  ["Bash", ({ command }: Input) => text(command)],
  ["Glob", ({ pattern }: Input) => text(pattern)],
  ["Grep", ({ pattern }: Input) => text(pattern)],
  ["Skill", ({ skill }: Input) => text(skill)],
  ["ToolSearch", ({ query }: Input) => text(query)],
  ["WebFetch", ({ url }: Input) => host(text(url))],
  ["WebSearch", ({ query }: Input) => text(query)],
]);

/** The server that our own tools are offered under. */
const OURS = "coord";

/** `mcp__server__tool` in two; nothing for Claude Code's own tools. */
function mcpName(name: string): [server: string | undefined, tool: string] {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/.exec(name) ?? [];
  return [server, tool ?? name];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function host(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function relativeTo(path: string, projectDir: string | undefined): string {
  return projectDir !== undefined && path.startsWith(`${projectDir}/`)
    ? path.slice(projectDir.length + 1)
    : path;
}

/** How many lines an edit adds and takes, not counting those at its two ends that stay. */
function changedLines(before: string, after: string): string {
  const [old, fresh] = [lines(before), lines(after)];
  let same = 0;
  while (same < Math.min(old.length, fresh.length) && old[same] === fresh[same]) same++;
  let sameEnd = 0;
  const most = Math.min(old.length, fresh.length) - same;
  while (sameEnd < most && old.at(-1 - sameEnd) === fresh.at(-1 - sameEnd)) sameEnd++;
  return ` +${fresh.length - same - sameEnd} -${old.length - same - sameEnd}`;
}

function lines(value: string): string[] {
  return value === "" ? [] : value.replace(/\n$/, "").split("\n");
}

/** One line without what would end inline code: a backtick becomes its look-alike. */
export function inCode(value: string): string {
  return value.trim().replace(/\s+/g, " ").replaceAll("`", "ˋ");
}

/** Running text in which no sign is Discord's markup. */
export function escaped(value: string): string {
  return value.replace(/\s+/g, " ").replace(/[\\`*_~|<>[\]#]/g, "\\$&");
}

/** At most `room` units, an ellipsis in place of the rest; no character is cut in two. */
export function cut(value: string, room: number): string {
  if (value.length <= room) return value;
  return `${value
    .slice(0, Math.max(room - 1, 1))
    .replace(/[\ud800-\udbff]$/, "")
    .replace(/\\$/, "")
    .trimEnd()}…`;
}

/** A path's end says more than its beginning. */
function cutPath(path: string, room: number): string {
  if (path.length <= room) return path;
  const end = path.slice(path.length - room + 1).replace(/^[\udc00-\udfff]/, "");
  const slash = end.indexOf("/");
  return `…${slash === -1 ? end : end.slice(slash)}`;
}
