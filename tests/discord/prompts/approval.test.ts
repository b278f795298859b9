import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PermissionRequest } from "../../../src/core/turns/prompts.ts";
import { approvalView } from "../../../src/discord/prompts/approval.ts";
import { withVisibleSigns } from "../../../src/discord/prompts/shown-code.ts";

const NOTHING = { values: [], fields: {} };

function request(
  toolName: string,
  input: Record<string, unknown>,
  suggestions: unknown[] = [],
): PermissionRequest {
  return { type: "permission_requested", requestId: "r", toolUseId: "u", toolName, input, suggestions };
}

function labels(view: ReturnType<typeof approvalView>): string[] {
  return JSON.stringify(view.components()).match(/(?<="label":")[^"]+/g) ?? [];
}

describe("what a person sees before deciding", () => {
  test("a command whole, and what Claude says about it", () => {
    const view = approvalView("p", request("Bash", { command: "rm -r build", description: "Cleans up" }));
    expect(view.text).toBe("🔐 **Claude asks to run a command**: Cleans up\n```sh\nrm -r build\n```");
    expect(labels(view)).toEqual(["Allow once", "Deny", "Deny and say why…"]);
  });

  test("also how the command would be run", () => {
    const view = approvalView("p", request("Bash", { command: "make", run_in_background: true }));
    expect(view.text).toContain('make\n# with {"run_in_background":true}');
  });

  test("a long command in a file, whole", () => {
    const command = `echo ${"a".repeat(5000)}; rm -rf /srv`;
    const view = approvalView("p", request("Bash", { command }));
    expect(view.text).toContain("All of it is in the attached **request.sh** (1 line, 5018 characters).");
    expect(view.files).toEqual([{ name: "request.sh", data: command }]);
  });

  test("an edit as a difference", () => {
    const input = { file_path: "/srv/a.ts", old_string: "a\nb\nc", new_string: "a\nB\nc" };
    expect(approvalView("p", request("Edit", input)).text).toContain(
      "```diff\n/srv/a.ts\n a\n-b\n+B\n c\n```",
    );
  });

  test("a new file with its content", () => {
    const input = { file_path: "/srv/a.ts", content: "one\ntwo" };
    expect(approvalView("p", request("Write", input)).text).toContain("/srv/a.ts\n+one\n+two");
  });

  test("every other tool with its whole input", () => {
    const view = approvalView("p", request("mcp__db__query", { sql: "drop table x" }));
    expect(view.text).toContain("use mcp\\_\\_db\\_\\_query");
    expect(view.text).toContain('"sql": "drop table x"');
  });

  test("signs that can't be seen are shown", () => {
    expect(withVisibleSigns("a\u202eb\u200bc\x1b[2J\td\n")).toBe("a\\u{202e}b\\u{200b}c\\u{1b}[2J\td\n");
  });

  test("code that would end its block is attached as it is", () => {
    const view = approvalView("p", request("Bash", { command: "echo '```'" }));
    expect(view.files).toEqual([{ name: "request.sh", data: "echo '```'" }]);
  });

  test("whatever is asked fits into a message, also with its end", () => {
    const rule = fc.record({ toolName: fc.string(), ruleContent: fc.string({ maxLength: 400 }) });
    const strings = fc.string({ unit: "grapheme", maxLength: 1500 });
    fc.assert(
      fc.property(strings, strings, fc.array(rule, { maxLength: 4 }), (command, reason, rules) => {
        const suggestions = [{ type: "addRules", behavior: "allow", rules }];
        const view = approvalView("p", request("Bash", { command, description: reason }, suggestions));
        const step = view.act("reason", { values: [], fields: { text: reason } });
        if (step.type !== "decide") throw new Error("a reason decides");
        expect(`${view.text}\n${step.verdict}`.length).toBeLessThan(1900);
      }),
      { endOnFailure: true },
    );
  });
});

describe("what each button does", () => {
  const rules = [{ toolName: "Bash", ruleContent: "npm test *" }];
  const suggestion = { type: "addRules", rules, behavior: "allow", destination: "localSettings" };
  const view = approvalView("p", request("Bash", { command: "npm test -- a" }, [suggestion]));

  test("'always' says which rule it adds, and adds exactly that for the session", () => {
    expect(view.text).toContain("-# *Always in this session* would allow `Bash(npm test *)`");
    expect(labels(view)).toContain("Always in this session");
    expect(view.act("always", NOTHING)).toMatchObject({
      state: "allowed",
      answer: { behavior: "allow", updatedPermissions: [{ ...suggestion, destination: "session" }] },
      grant: { rules: ["Bash(npm test *)"] },
    });
  });

  test.each(["a\nb", "a`b", "x".repeat(400)])(
    "a rule that can't be shown as it is, is not offered: %j",
    (ruleContent) => {
      const odd = { ...suggestion, rules: [{ toolName: "Bash", ruleContent }] };
      const without = approvalView("p", request("Bash", { command: "x" }, [odd]));
      expect(labels(without)).not.toContain("Always in this session");
      expect(without.act("always", NOTHING)).toEqual({ type: "nothing" });
    },
  );

  test("the others", () => {
    expect(view.act("once", NOTHING)).toMatchObject({ state: "allowed", answer: { behavior: "allow" } });
    expect(view.act("deny", NOTHING)).toMatchObject({ state: "denied", answer: { behavior: "deny" } });
    expect(view.act("why", NOTHING)).toMatchObject({ type: "form", form: { custom_id: "ask:p:reason" } });
    expect(view.act("reason", { values: [], fields: { text: "use `make`" } })).toMatchObject({
      answer: { behavior: "deny", message: "A person denied this and says: use `make`" },
      verdict: "⛔ Denied (“use \\`make\\`”)",
    });
  });
});
