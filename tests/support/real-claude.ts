import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ClaudeOptions } from "../../src/claude/claude.ts";
import {
  type Script,
  type ScriptedModel,
  startScriptedModel,
} from "../../src/loopback/model/scripted-model.ts";
import { type ClaudeBench, claudeBench } from "./claude-bench.ts";

/** The real CLI with a home of its own, talking to a scripted model. */
export async function realClaude(
  script: Script,
  options: Partial<ClaudeOptions> = {},
): Promise<ClaudeBench & { model: ScriptedModel }> {
  const model = await startScriptedModel({ script });
  onTestFinished(() => model.stop());
  const bench = await claudeBench({
    credential: { ANTHROPIC_API_KEY: "made-up" },
    ...options,
    extraEnv: { ANTHROPIC_BASE_URL: model.url, ...options.extraEnv },
  });
  return { ...bench, model };
}

/** The file in which the CLI keeps a session. Throws while there is none. */
export async function findTranscript(home: string, sessionId: string): Promise<string> {
  const projects = join(home, ".claude/projects");
  const names = await readdir(projects, { recursive: true });
  const name = names.find((file) => file.endsWith(`${sessionId}.jsonl`));
  if (name === undefined) throw new Error(`no transcript of ${sessionId}`);
  return join(projects, name);
}
