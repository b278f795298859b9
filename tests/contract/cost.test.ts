import { expect, test } from "vitest";
import { type Line, type RawClaude, rawClaudeBench } from "../support/raw-claude.ts";
import { asked, bash, fake } from "./scenarios.ts";

/** What the CLI says that the session has cost. */
async function costOf(claude: RawClaude): Promise<number> {
  const { response } = await claude.control({ subtype: "get_usage", skip_behaviors: true });
  return (response as { session: { total_cost_usd: number } }).session.total_cost_usd;
}

test("what a session has cost can be asked while a turn runs, and at once after a resume", async () => {
  const bench = await rawClaudeBench();
  const sessionId = "11111111-2222-4333-8444-555555555555";
  const claude = bench.start({ arguments: [`--session-id=${sessionId}`] });
  expect(await costOf(claude)).toBe(0);
  claude.say(fake(bash("touch one"), { say: "done" }));
  const request = (await claude.until(asked)) as Line & { readonly request: { readonly input: object } };
  const first = await costOf(claude);
  expect(first).toBeGreaterThan(0);
  claude.answer(request, { behavior: "allow", updatedInput: request.request.input });
  const result = await claude.until({ type: "result" });
  expect(result.total_cost_usd).toBeGreaterThan(first);
  expect(await costOf(claude)).toBe(result.total_cost_usd);
  claude.process.kill("SIGTERM");
  await claude.exited;
  expect(await costOf(bench.start({ arguments: [`--resume=${sessionId}`] }))).toBe(result.total_cost_usd);
});
