import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type LinePart, rawClaudeBench } from "../support/raw-claude.ts";
import { asked, bash, fake, tool } from "./scenarios.ts";

const touch = fake(bash("touch made.txt"), "Done.");

describe("a permission request", () => {
  test("shows the tool, its input and what could be allowed; an allowed one runs as asked", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(touch);
    const request = await claude.until(asked);
    expect(request.request).toMatchObject({
      tool_name: "Bash",
      input: { command: "touch made.txt" },
      tool_use_id: expect.stringMatching(/^toolu_/),
      permission_suggestions: expect.arrayContaining([expect.objectContaining({ type: "addRules" })]),
    });
    claude.answer(request, { behavior: "allow" });
    expect(await claude.until({ type: "result" })).toMatchObject({ result: "Done.", permission_denials: [] });
    expect(existsSync(join(bench.projectDir, "made.txt"))).toBe(true);
  });

  test("may be allowed with another input, which is what runs", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(touch);
    claude.answer(await claude.until(asked), {
      behavior: "allow",
      updatedInput: { command: "touch other.txt" },
    });
    await claude.until({ type: "result" });
    expect(readdirSync(bench.projectDir)).toEqual(["other.txt"]);
  });

  test("that is denied gives the reason to the model; the turn goes on and is no error", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(touch);
    claude.answer(await claude.until(asked), { behavior: "deny", message: "Not on a Sunday" });
    expect(await claude.until({ type: "result" })).toMatchObject({
      is_error: false,
      result: "Done.",
      permission_denials: [{ tool_name: "Bash", tool_input: { command: "touch made.txt" } }],
    });
    expect(bench.model.requests.at(-1)?.toolResults).toMatchObject([
      { text: "Not on a Sunday", isError: true },
    ]);
    expect(readdirSync(bench.projectDir)).toEqual([]);
  });

  test("that is denied with an interrupt ends the turn", async () => {
    const claude = (await rawClaudeBench()).start();
    claude.say(touch);
    claude.answer(await claude.until(asked), { behavior: "deny", message: "Stop", interrupt: true });
    expect(await claude.until({ type: "result" })).toMatchObject({
      subtype: "error_during_execution",
      terminal_reason: "aborted_tools",
    });
  });

  test("that is answered with an error or nonsense is denied", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(fake([bash("touch one"), bash("touch two")], "Done."));
    const first = await claude.until(asked);
    claude.write(
      `${JSON.stringify({ type: "control_response", response: { subtype: "error", request_id: first.request_id, error: "host broke" } })}\n`,
    );
    const second = await claude.until(asked, { from: claude.lines.indexOf(first) + 1 });
    claude.answer(second, { behaviour: "alow" });
    expect(await claude.until({ type: "result" })).toMatchObject({ result: "Done." });
    expect(bench.model.requests.at(-1)?.toolResults.map(({ isError }) => isError)).toEqual([true, true]);
    expect(readdirSync(bench.projectDir)).toEqual([]);
  });

  test("is withdrawn before the result when the turn is interrupted, and a late answer is ignored", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(touch);
    const request = await claude.until(asked);
    await claude.control({ subtype: "interrupt" });
    const result = await claude.until({ type: "result" });
    const withdrawn = await claude.until({ type: "control_cancel_request", request_id: request.request_id });
    expect(claude.lines.indexOf(withdrawn)).toBeLessThan(claude.lines.indexOf(result));
    claude.answer(request, { behavior: "allow" });
    expect((await claude.ask("hello")).result.is_error).toBe(false);
    expect(readdirSync(bench.projectDir)).toEqual([]);
  });

  test("can set a rule for the session, so that the same is not asked again", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(touch);
    const request = await claude.until(asked);
    const rule = { toolName: "Bash", ruleContent: "touch *" };
    const updatedPermissions = [
      { type: "addRules", rules: [rule], behavior: "allow", destination: "session" },
    ];
    claude.answer(request, { behavior: "allow", updatedPermissions });
    await claude.until({ type: "result" });
    const { result } = await claude.ask(fake(bash("touch again.txt"), "Done."));
    expect(result.permission_denials).toEqual([]);
    expect(readdirSync(bench.projectDir).sort()).toEqual(["again.txt", "made.txt"]);
  });

  test("does not come without the flag: what would be asked is denied", async () => {
    const bench = await rawClaudeBench();
    const { result } = await bench.start({ permissionPrompts: false }).ask(touch);
    expect(result).toMatchObject({ is_error: false, permission_denials: [{ tool_name: "Bash" }] });
  });

  test("of a closed host counts as denied, and the process ends", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(touch);
    await claude.until(asked);
    claude.process.stdin.end();
    expect(await claude.exited).toBe(0);
    expect(readdirSync(bench.projectDir)).toEqual([]);
  });
});

describe("AskUserQuestion", () => {
  const options = [
    { label: "Blue", description: "The sky" },
    { label: "Green", description: "The grass" },
  ];
  const questions = [{ question: "Which colour?", header: "Colour", multiSelect: false, options }];
  const question = fake(tool("AskUserQuestion", { questions }), "Thanks.");

  test("is a permission request whose answer carries the answers", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(question);
    const request = await claude.until(asked);
    const { input, requires_user_interaction } = request.request as {
      input: { questions: LinePart[] };
    } & LinePart;
    expect(input.questions).toMatchObject(questions);
    expect(requires_user_interaction).toBe(true);
    claude.answer(request, {
      behavior: "allow",
      updatedInput: { ...input, answers: { "Which colour?": "Blue" } },
    });
    await claude.until({ type: "result" });
    expect(bench.model.requests.at(-1)?.toolResults[0]?.text).toContain('"Which colour?"="Blue"');
  });

  test("takes free text, and no answer at all", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(question);
    claude.answer(await claude.until(asked), {
      behavior: "allow",
      updatedInput: { questions, answers: { "Which colour?": "Something like mud" } },
    });
    await claude.until({ type: "result" });
    expect(bench.model.requests.at(-1)?.toolResults[0]?.text).toContain("Something like mud");
    const from = claude.lines.length;
    claude.say(question);
    claude.answer(await claude.until(asked, { from }), { behavior: "allow", updatedInput: { questions } });
    await claude.until({ type: "result" }, { from });
    expect(bench.model.requests.at(-1)?.toolResults[0]?.text).toContain("did not answer");
  });
});

test("ExitPlanMode asks with the plan from the file that the model was told, and leaves plan mode when allowed", async () => {
  const bench = await rawClaudeBench((request) => {
    const shown = JSON.stringify(request.messages) + request.system;
    const path = /[^\s"`']+\/\.claude\/plans\/[\w-]+\.md/.exec(shown)?.[0] ?? "no plan file was named";
    const steps = [
      {
        kind: "message",
        blocks: [{ type: "tool_use", name: "Write", input: { file_path: path, content: "# The plan" } }],
      },
      { kind: "message", blocks: [{ type: "tool_use", name: "ExitPlanMode", input: {} }] },
      "Planned.",
    ] as const;
    return steps[Math.min(request.step, 2)] ?? "";
  });
  const claude = bench.start({ arguments: ["--permission-mode", "plan"] });
  claude.say("make a plan");
  const request = await claude.until(asked);
  expect(request.request).toMatchObject({ tool_name: "ExitPlanMode", input: { plan: "# The plan" } });
  claude.answer(request, { behavior: "allow" });
  expect(await claude.until({ type: "result" })).toMatchObject({ result: "Planned." });
  expect(await claude.until({ subtype: "status", permissionMode: "default" })).toBeDefined();
});

describe("permission modes and tool lists", () => {
  test("allowed tools run without asking, others are asked about", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start({ arguments: ["--allowedTools", "Bash"] });
    expect((await claude.ask(touch)).result.permission_denials).toEqual([]);
    claude.say(fake(tool("Write", { file_path: "note.txt", content: "x" }), "Done."));
    expect(await claude.until(asked)).toMatchObject({ request: { tool_name: "Write" } });
  });

  test("bypassPermissions is refused for root", { skip: process.getuid?.() !== 0 }, async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start({
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
    const allowed = bench.start({ arguments: [...bypass, "--allowedTools", "Read"], env });
    await allowed.ask(touch);
    expect(readdirSync(bench.projectDir)).toEqual(["made.txt"]);
    const restricted = bench.start({ arguments: [...bypass, "--tools", "Read"], env });
    const { lines } = await restricted.ask("hello");
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
