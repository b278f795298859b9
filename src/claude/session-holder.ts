import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ofEachProcess, readCommandLine, readStartTime } from "./process-table.ts";

/**
 * The pid of a process that has this session open, such as `claude --resume` in a terminal; undefined when nobody
 * has, or when it can't be seen. Nothing locks a session: two that write to it lose one branch.
 */
export async function findSessionHolder(sessionId: string, configDir: string): Promise<number | undefined> {
  const [registered, named] = await Promise.all([
    fromRegistry(sessionId, configDir),
    fromCommandLines(sessionId),
  ]);
  return registered ?? named;
}

const registration = z.object({ pid: z.number(), sessionId: z.string(), procStart: z.string().nullish() });

/** The CLI keeps a file for each running process; one that was killed leaves its file behind. */
async function fromRegistry(sessionId: string, configDir: string): Promise<number | undefined> {
  const directory = join(configDir, "sessions");
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((name) => name.endsWith(".json"))) {
    const source = await readFile(join(directory, name), "utf8").catch(() => "");
    const entry = registration.safeParse(parse(source)).data;
    if (entry?.sessionId !== sessionId || entry.pid === process.pid) continue;
    const startTime = await readStartTime(entry.pid);
    if (startTime !== undefined && startTime === (entry.procStart ?? startTime)) return entry.pid;
  }
  return undefined;
}

async function fromCommandLines(sessionId: string): Promise<number | undefined> {
  const found = await ofEachProcess(async (pid) => ({ pid, words: await readCommandLine(pid) }));
  return found.find(({ pid, words }) => pid !== process.pid && opens(words, sessionId))?.pid;
}

/** Any other program may have the id in its arguments: an editor, or a search for it. */
function opens(words: readonly string[], sessionId: string): boolean {
  // One that forks a session has only read it.
  const flags = words.includes("--fork-session") ? /^--session-id$/ : /^(-r|--resume|--session-id)$/;
  return words.some((word, index) => {
    const [flag, value] = word.includes("=") ? word.split("=") : [words[index - 1], word];
    return value === sessionId && flags.test(flag ?? "");
  });
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
