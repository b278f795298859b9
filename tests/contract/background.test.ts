import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type LinePart, rawClaudeBench } from "../support/raw-claude.ts";
import { resultAfter, sayUntilAsked } from "../support/shared-raw-claude.ts";
import { bash, fake } from "./scenarios.ts";

describe("background work", () => {
  const background = bash("until [ -e go-on ]; do sleep 0.05; done; echo done", { run_in_background: true });

  test("is told by the full list of tasks, and its end starts a turn that nobody asked for", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    const { lines, result } = await claude.ask(fake(background, "It runs."));
    expect(result).toMatchObject({ result: "It runs.", is_error: false });
    expect(result.origin).toBeUndefined();
    const changed = lines.find((line) => line.subtype === "background_tasks_changed");
    expect(changed).toMatchObject({ tasks: [{ task_id: expect.any(String), task_type: "local_bash" }] });
    const from = claude.lines.length;
    writeFileSync(join(bench.projectDir, "go-on"), "");
    const own = await claude.until({ type: "result" }, { from });
    expect(own).toMatchObject({ is_error: false, origin: { kind: "task-notification" } });
    expect(claude.lines.slice(from)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ subtype: "task_notification", status: "completed" }),
        expect.objectContaining({ subtype: "background_tasks_changed", tasks: [] }),
      ]),
    );
  });

  test("that ends while a turn runs is told to that turn, which has the only result", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    await claude.ask(fake(background, "It runs."));
    const request = await sayUntilAsked(claude, fake(bash("touch x"), "Second."));
    writeFileSync(join(bench.projectDir, "go-on"), "");
    await claude.until({ subtype: "background_tasks_changed", tasks: [] });
    claude.answer(request, { behavior: "allow" });
    expect(await resultAfter(claude, request)).toMatchObject({ result: "Second." });
    expect(JSON.stringify(bench.model.requests.at(-1)?.messages)).toContain("task-notification");
    await claude.ask("hello");
    expect(claude.lines.filter((line) => line.type === "result" && line.origin !== undefined)).toEqual([]);
  });

  test("goes on through an interrupt", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    await claude.ask(fake(background, "It runs."));
    await claude.control({ subtype: "interrupt" });
    writeFileSync(join(bench.projectDir, "go-on"), "");
    expect(await claude.until({ subtype: "task_notification" })).toMatchObject({ status: "completed" });
  });

  test("can be stopped by itself", async () => {
    const claude = (await rawClaudeBench()).start();
    const { lines } = await claude.ask(fake(background, "It runs."));
    const started = lines.find((line) => line.subtype === "task_started");
    await claude.control({ subtype: "stop_task", task_id: started?.task_id });
    expect(await claude.until({ subtype: "task_notification" })).toMatchObject({ status: "stopped" });
    await claude.until({ subtype: "background_tasks_changed", tasks: [] });
  });

  test("is refused with CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start({ env: { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1" } });
    await claude.ask(fake(background, "Done."));
    expect(bench.model.requests.at(-1)?.toolResults).toMatchObject([
      { isError: true, text: expect.stringContaining("run_in_background") },
    ]);
  });
});

test("a subagent's tools carry its parent's tool use, and its words are not the answer", async () => {
  const bench = await rawClaudeBench();
  const claude = bench.start();
  const input = {
    description: "An errand",
    prompt: fake(bash("echo inside"), "Words of the subagent."),
    subagent_type: "general-purpose",
    run_in_background: false,
  };
  const { lines, result } = await claude.ask(
    fake({ tool: "Agent", input, id: "toolu_parent" }, "The errand is done."),
  );
  const inside = lines.filter((line) => line.parent_tool_use_id === "toolu_parent");
  expect(inside.map((line) => line.type)).toEqual(["user", "assistant", "user"]);
  expect(inside.every((line) => typeof line.agent_id === "string")).toBe(true);
  const texts = lines
    .filter((line) => line.type === "assistant")
    .flatMap((line) => (line.message as { content: LinePart[] }).content)
    .flatMap((block) => (block.type === "text" ? [block.text] : []));
  expect(texts).toEqual(["The errand is done."]);
  expect(result).toMatchObject({ result: "The errand is done.", is_error: false });
});
