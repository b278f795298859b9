import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PermissionRequest } from "../../../src/core/turns/prompts.ts";
import { questionView } from "../../../src/discord/prompts/question-view.ts";
import { type ClaudeQuestion, questionsOf } from "../../../src/discord/prompts/questions.ts";

const NOTHING = { values: [], fields: {} };

const COLOUR: ClaudeQuestion = {
  question: "Which colour?",
  header: "Colour",
  multiSelect: false,
  options: [
    { label: "Red", description: "like *fire*" },
    { label: "Blue", description: "" },
  ],
};
const FRUITS: ClaudeQuestion = {
  question: "Which fruits?",
  header: "Fruits",
  multiSelect: true,
  options: ["Apple", "Fig", "Plum"].map((label) => ({ label, description: "" })),
};

function view(...questions: ClaudeQuestion[]) {
  const request: PermissionRequest = {
    type: "permission_requested",
    requestId: "r",
    toolUseId: "u",
    toolName: "AskUserQuestion",
    input: { questions },
    suggestions: [],
  };
  return questionView("p", request, questions);
}

describe("one question with one answer", () => {
  test("shows the options, as buttons too, and is answered by a press", () => {
    const one = view(COLOUR);
    expect(one.text).toBe("❓ **Which colour?**\n- **Red**: like \\*fire\\*\n- **Blue**");
    expect(JSON.stringify(one.components())).toMatch(/"Red".*"Blue".*"Other…"/);
    expect(one.act("q0:1", NOTHING)).toMatchObject({
      type: "decide",
      state: "answered",
      answer: {
        behavior: "allow",
        updatedInput: { questions: [COLOUR], answers: { "Which colour?": "Blue" } },
      },
      text: "❓ Which colour?\n> **Blue**",
    });
  });

  test("can be answered in one's own words", () => {
    const one = view(COLOUR);
    expect(one.act("q0:other", NOTHING)).toMatchObject({ form: { custom_id: "ask:p:q0:text" } });
    expect(one.act("q0:text", { values: [], fields: { text: "teal, please" } })).toMatchObject({
      answer: { updatedInput: { answers: { "Which colour?": "teal, please" } } },
    });
  });
});

describe("several questions, or several answers", () => {
  test("are chosen one after the other and sent together", () => {
    const both = view(COLOUR, FRUITS);
    expect(both.act("send", NOTHING)).toEqual({ type: "nothing" });
    expect(JSON.stringify(both.components().at(-1))).toContain('"disabled":true');
    expect(both.act("q0:0", NOTHING)).toEqual({ type: "changed" });
    expect(both.act("q0:1", NOTHING)).toEqual({ type: "changed" });
    expect(both.act("q1:menu", { values: ["0", "1"], fields: {} })).toEqual({ type: "changed" });
    expect(JSON.stringify(both.components().at(-1))).toContain('"disabled":false');
    expect(both.act("send", NOTHING)).toMatchObject({
      answer: { updatedInput: { answers: { "Which colour?": "Blue", "Which fruits?": "Apple, Fig" } } },
    });
  });

  test("own words stand beside what was chosen", () => {
    const one = view(FRUITS);
    expect(one.act("q0:menu", { values: ["2", "other"], fields: {} })).toMatchObject({ type: "form" });
    expect(one.act("q0:text", { values: [], fields: { text: "Kiwi" } })).toEqual({ type: "changed" });
    expect(one.act("send", NOTHING)).toMatchObject({
      answer: { updatedInput: { answers: { "Which fruits?": "Plum, Kiwi" } } },
    });
  });

  test("what was chosen shows, also after the message is drawn anew", () => {
    const both = view(COLOUR, FRUITS);
    both.act("q0:0", NOTHING);
    both.act("q1:menu", { values: ["1"], fields: {} });
    const shown = JSON.stringify(both.components());
    expect(shown).toContain('"label":"Red","style":1');
    expect(shown).toContain('"label":"Fig","value":"1","default":true');
  });

  test("long labels and many options become a menu", () => {
    const long = { ...COLOUR, options: [{ label: "x".repeat(81), description: "" }] };
    const many = { ...COLOUR, options: "abcde".split("").map((label) => ({ label, description: "" })) };
    for (const question of [long, many]) {
      expect(view(question).components()[0]).toMatchObject({ components: [{ type: 3, max_values: 1 }] });
    }
  });
});

test("whatever Claude asks fits, also with its answers", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 400 });
  const option = fc.record({ label: text, description: text });
  const question = fc.record({
    question: text,
    header: text,
    multiSelect: fc.boolean(),
    options: fc.array(option, { minLength: 2, maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(question, { minLength: 1, maxLength: 4 }), text, (questions, own) => {
      const all = view(...questions);
      expect(all.text.length).toBeLessThan(1850);
      questions.forEach((_, index) => {
        all.act(`q${index}:text`, { values: [], fields: { text: `${own}!` } });
      });
      const step = all.act("send", NOTHING);
      if (step.type === "decide") expect(step.text?.length).toBeLessThan(1850);
      expect(all.components().length).toBeLessThanOrEqual(5);
    }),
    { numRuns: 50, endOnFailure: true },
  );
});

test.each([
  ["no list", {}],
  ["none", { questions: [] }],
  ["five", { questions: Array(5).fill(COLOUR) }],
  ["one without options", { questions: [{ question: "?" }] }],
  ["25 options", { questions: [{ ...COLOUR, options: Array(25).fill({ label: "x", description: "" }) }] }],
])("what a message can't ask is no question: %s", (_, input) => {
  expect(questionsOf(input)).toBeUndefined();
});
