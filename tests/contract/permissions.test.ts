import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type LinePart, rawClaudeBench } from "../support/raw-claude.ts";
import { resultAfter, sayUntilAsked, sharedRawClaude } from "../support/shared-raw-claude.ts";
import { asked, bash, fake, tool } from "./scenarios.ts";

const touch = (file: string) => fake(bash(`touch ${file}`), "Done.");

describe("a permission request", () => {
  const shared = sharedRawClaude();
  const made = (file: string) => existsSync(join(shared().bench.projectDir, file));
  const latestResults = () => shared().bench.model.requests.at(-1)?.toolResults;

  test("shows the tool, its input and what could be allowed; an allowed one runs as asked", async () => {
    const { claude } = shared();
    const request = await sayUntilAsked(claude, touch("allowed"));
    expect(request.request).toMatchObject({
      tool_name: "Bash",
      input: { command: "touch allowed" },
      tool_use_id: expect.stringMatching(/^toolu_/),
      permission_suggestions: expect.arrayContaining([expect.objectContaining({ type: "addRules" })]),
    });
    claude.answer(request, { behavior: "allow" });
    expect(await resultAfter(claude, request)).toMatchObject({ result: "Done.", permission_denials: [] });
    expect(made("allowed")).toBe(true);
  });

  test("may be allowed with another input, which is what runs", async () => {
    const { claude } = shared();
    const request = await sayUntilAsked(claude, touch("asked-for"));
    claude.answer(request, { behavior: "allow", updatedInput: { command: "touch put-instead" } });
    await resultAfter(claude, request);
    expect([made("asked-for"), made("put-instead")]).toEqual([false, true]);
  });

  test("that is denied gives the reason to the model; the turn goes on and is no error", async () => {
    const { claude } = shared();
    const request = await sayUntilAsked(claude, touch("denied"));
    claude.answer(request, { behavior: "deny", message: "Not on a Sunday" });
    expect(await resultAfter(claude, request)).toMatchObject({
      is_error: false,
      result: "Done.",
      permission_denials: [{ tool_name: "Bash", tool_input: { command: "touch denied" } }],
    });
    expect(latestResults()).toMatchObject([{ text: "Not on a Sunday", isError: true }]);
    expect(made("denied")).toBe(false);
  });

  test("that is denied with an interrupt ends the turn", async () => {
    const { claude } = shared();
    const request = await sayUntilAsked(claude, touch("interrupted"));
    claude.answer(request, { behavior: "deny", message: "Stop", interrupt: true });
    expect(await resultAfter(claude, request)).toMatchObject({
      subtype: "error_during_execution",
      terminal_reason: "aborted_tools",
    });
  });

  test("of two in one message comes after the other; an error or nonsense for an answer denies", async () => {
    const { claude } = shared();
    const first = await sayUntilAsked(claude, fake([bash("touch one"), bash("touch two")], "Done."));
    const broken = { subtype: "error", request_id: first.request_id, error: "host broke" };
    claude.write(`${JSON.stringify({ type: "control_response", response: broken })}\n`);
    const second = await claude.until(asked, { from: claude.lines.indexOf(first) + 1 });
    claude.answer(second, { behaviour: "alow" });
    expect(await resultAfter(claude, second)).toMatchObject({ result: "Done." });
    expect(latestResults()?.map(({ isError }) => isError)).toEqual([true, true]);
    expect([made("one"), made("two")]).toEqual([false, false]);
  });

  test("is withdrawn before the result when the turn is interrupted, and a late answer is ignored", async () => {
    const { claude } = shared();
    const request = await sayUntilAsked(claude, touch("withdrawn"));
    await claude.control({ subtype: "interrupt" });
    const result = await resultAfter(claude, request);
    const withdrawn = await claude.until({ type: "control_cancel_request", request_id: request.request_id });
    expect(claude.lines.indexOf(withdrawn)).toBeLessThan(claude.lines.indexOf(result));
    claude.answer(request, { behavior: "allow" });
    expect((await claude.ask("hello")).result.is_error).toBe(false);
    expect(made("withdrawn")).toBe(false);
  });

  test("can set a rule for the session, so that the same is not asked again", async () => {
    const { claude } = shared();
    const request = await sayUntilAsked(claude, touch("rule-1"));
    const rule = { toolName: "Bash", ruleContent: "touch rule-*" };
    const updatedPermissions = [
      { type: "addRules", rules: [rule], behavior: "allow", destination: "session" },
    ];
    claude.answer(request, { behavior: "allow", updatedPermissions });
    await resultAfter(claude, request);
    expect((await claude.ask(touch("rule-2"))).result.permission_denials).toEqual([]);
    expect(made("rule-2")).toBe(true);
  });

  test("of a closed host counts as denied, and the process ends", async () => {
    const { claude } = shared();
    await sayUntilAsked(claude, touch("closed"));
    claude.process.stdin.end();
    expect(await claude.exited).toBe(0);
    expect(made("closed")).toBe(false);
  });

  test("does not come without the flag: what would be asked is denied", async () => {
    const bench = await rawClaudeBench();
    const { result } = await bench.start({ permissionPrompts: false }).ask(touch("denied"));
    expect(result).toMatchObject({ is_error: false, permission_denials: [{ tool_name: "Bash" }] });
  });
});

describe("AskUserQuestion", () => {
  const shared = sharedRawClaude();
  const options = [
    { label: "Blue", description: "The sky" },
    { label: "Green", description: "The grass" },
  ];
  const questions = [{ question: "Which colour?", header: "Colour", multiSelect: false, options }];

  test("is a permission request that only a person can answer", async () => {
    const { claude } = shared();
    const request = await sayUntilAsked(claude, fake(tool("AskUserQuestion", { questions }), "Thanks."));
    const { input, requires_user_interaction } = request.request as { input: LinePart } & LinePart;
    expect(input.questions).toMatchObject(questions);
    expect(requires_user_interaction).toBe(true);
    claude.answer(request, { behavior: "deny", message: "Later" });
    await resultAfter(claude, request);
  });

  test.each([
    ["a label", { answers: { "Which colour?": "Blue" } }, '"Which colour?"="Blue"'],
    ["free text", { answers: { "Which colour?": "Something like mud" } }, "Something like mud"],
    ["no answer", {}, "did not answer"],
  ])("passes %s on to the model", async (_, answers, shown) => {
    const { bench, claude } = shared();
    const request = await sayUntilAsked(claude, fake(tool("AskUserQuestion", { questions }), "Thanks."));
    claude.answer(request, { behavior: "allow", updatedInput: { questions, ...answers } });
    await resultAfter(claude, request);
    expect(bench.model.requests.at(-1)?.toolResults[0]?.text).toContain(shown);
  });
});

test("ExitPlanMode asks with the plan from the file that the model was told, and leaves plan mode when allowed", async () => {
  const bench = await rawClaudeBench((request) => {
    const shown = JSON.stringify(request.messages) + request.system;
    const file_path = /[^\s"`']+\/\.claude\/plans\/[\w-]+\.md/.exec(shown)?.[0] ?? "no plan file was named";
    const blocks = [
      { type: "tool_use", name: "Write", input: { file_path, content: "# The plan" } },
      { type: "tool_use", name: "ExitPlanMode", input: {} },
      { type: "text", text: "Planned." },
    ] as const;
    return { kind: "message", blocks: blocks.slice(request.step).slice(0, 1) };
  });
  const claude = bench.start({ arguments: ["--permission-mode", "plan"] });
  const request = await sayUntilAsked(claude, "make a plan");
  expect(request.request).toMatchObject({ tool_name: "ExitPlanMode", input: { plan: "# The plan" } });
  claude.answer(request, { behavior: "allow" });
  expect(await resultAfter(claude, request)).toMatchObject({ result: "Planned." });
  await claude.until({ subtype: "status", permissionMode: "default" });
});

describe("permission modes and tool lists", () => {
  test("allowed tools run without asking, others are asked about", async () => {
    const claude = (await rawClaudeBench()).start({ arguments: ["--allowedTools", "Bash"] });
    expect((await claude.ask(touch("made"))).result.permission_denials).toEqual([]);
    const request = await sayUntilAsked(
      claude,
      fake(tool("Write", { file_path: "note.txt", content: "x" }), "Done."),
    );
    expect(request).toMatchObject({ request: { tool_name: "Write" } });
  });

  test("bypassPermissions is refused for root", { skip: process.getuid?.() !== 0 }, async () => {
    const claude = (await rawClaudeBench()).start({
      arguments: ["--permission-mode", "bypassPermissions"],
      env: { CLAUDE_CODE_STARTUP_FAILURE_RESULTS: "1" },
    });
    expect(await claude.exited).toBe(1);
    expect(claude.stderr()).toContain("cannot be used with root/sudo privileges");
    expect(claude.lines).toMatchObject([
      { type: "result", is_error: true, startup_failure_reason: "bypass_root" },
    ]);
  });

  test("under bypassPermissions only --tools restricts what can be used", async () => {
    const bypass = ["--permission-mode", "bypassPermissions"];
    const bench = await rawClaudeBench();
    const env = { IS_SANDBOX: "1" };
    await bench.start({ arguments: [...bypass, "--allowedTools", "Read"], env }).ask(touch("made"));
    expect(readdirSync(bench.projectDir)).toEqual(["made"]);
    const { lines } = await bench.start({ arguments: [...bypass, "--tools", "Read"], env }).ask("hello");
    expect(lines.find((line) => line.subtype === "init")).toMatchObject({ tools: ["Read"] });
  });

  test("a command does not see the login token, but does see an API key and the process's pid", async () => {
    const bench = await rawClaudeBench();
    const shownBy = async (credential: "oauth" | "api_key", command: string) => {
      const claude = bench.start({ credential, arguments: ["--allowedTools", "Bash"] });
      await claude.ask(fake(bash(command), "Done."));
      return { pid: claude.process.pid, text: bench.model.requests.at(-1)?.toolResults[0]?.text };
    };
    const withToken = await shownBy("oauth", "echo pid=$CLAUDE_PID token=$CLAUDE_CODE_OAUTH_TOKEN");
    expect(withToken.text).toBe(`pid=${withToken.pid} token=`);
    expect((await shownBy("api_key", "echo key=$ANTHROPIC_API_KEY")).text).toBe("key=made-up-key");
  });
});
