import { expect, test } from "vitest";
import type { PermissionRequest } from "../../../src/core/turns/prompts.ts";
import { planView } from "../../../src/discord/prompts/plan-view.ts";

const NOTHING = { values: [], fields: {} };

function planOf(plan: string | undefined) {
  const input = plan === undefined ? {} : { plan, planFilePath: "/home/a/.claude/plans/x.md" };
  const asked = {
    type: "permission_requested",
    requestId: "r",
    toolUseId: "u",
    toolName: "ExitPlanMode",
  } as const;
  const request: PermissionRequest = { ...asked, input, suggestions: [] };
  return planView("p", request);
}

test("a plan is shown as an answer would be, before the buttons", () => {
  const view = planOf("# The plan\n\n1. Look\n2. Change");
  expect(view.before.map(({ content }) => content)).toEqual(["# The plan\n\n1. Look\n2. Change"]);
  expect(view.text).toContain("May it begin?");
  expect(planOf("word ".repeat(700)).before).toHaveLength(2);
});

test("a very long one is attached whole", () => {
  const plan = "A long paragraph. ".repeat(600);
  const view = planOf(plan);
  expect(view.before).toEqual([]);
  expect(view.files).toEqual([{ name: "plan.md", data: plan }]);
});

test("no plan is said to be none", () => {
  expect(planOf(undefined).text).toContain("without having written a plan");
});

test("it is approved, approved with edits, or sent back with a comment", () => {
  const view = planOf("do it");
  expect(view.act("approve", NOTHING)).toMatchObject({ state: "allowed", answer: { behavior: "allow" } });
  expect(view.act("edits", NOTHING)).toMatchObject({
    answer: { updatedPermissions: [{ type: "setMode", mode: "acceptEdits", destination: "session" }] },
    grant: { acceptsEdits: true },
  });
  expect(view.act("keep", NOTHING)).toMatchObject({ form: { custom_id: "ask:p:comment" } });
  expect(view.act("comment", { values: [], fields: { text: "tests first" } })).toMatchObject({
    state: "denied",
    answer: { behavior: "deny", message: "A person does not approve the plan yet and says: tests first" },
    verdict: "📝 Sent back (“tests first”)",
  });
});
