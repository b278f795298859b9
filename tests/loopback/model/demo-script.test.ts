import { expect, onTestFinished, test } from "vitest";
import { startScriptedModel } from "../../../src/loopback/model/scripted-model.ts";
import { textAnswer, wholeAnswer } from "./ask-model.ts";

async function demoModel() {
  const model = await startScriptedModel();
  onTestFinished(() => model.stop());
  return model.url;
}

const assistant = { role: "assistant", content: "I see." };

test("it remembers a fact that it was shown in the same session", async () => {
  const url = await demoModel();
  expect(await textAnswer(url, ["My favourite colour is teal."])).toBe(
    "I will remember that your favourite colour is teal.",
  );
  const asked = ["My favourite colour is teal.", assistant, "What is my favourite colour?"];
  expect(await textAnswer(url, asked)).toContain("Your favourite colour is teal.");
});

test("the latest word on a fact counts", async () => {
  const history = ["My cat is Tom.", assistant, "My cat is Ada!", assistant, "what's my cat?"];
  expect(await textAnswer(await demoModel(), history)).toContain("Your cat is Ada.");
});

test("a session that was not told knows nothing", async () => {
  const answer = await textAnswer(await demoModel(), ["What is my favourite colour?"]);
  expect(answer).toContain("You have not told me your favourite colour in this channel");
});

test("anything else is answered with what it was shown", async () => {
  const answer = await textAnswer(await demoModel(), ["Fix the build", assistant, "Quantum?"]);
  expect(answer).toBe("I am a scripted model; I was shown 2 messages:\n1. Fix the build\n2. Quantum?");
});

test("it runs a command that is asked for, and reports what came of it", async () => {
  const url = await demoModel();
  const used = { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Bash", input: {} }] };
  const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "hi" }] };
  expect((await wholeAnswer(url, ["Run `echo hi`"])).content[0]).toMatchObject({
    input: { command: "echo hi" },
  });
  expect(await textAnswer(url, ["Run `echo hi`", used, result])).toBe("Done:\n\n```\nhi\n```");
});

test("it asks a question where the CLI offers the tool, and only there", async () => {
  const url = await demoModel();
  const asked = await wholeAnswer(url, ["Ask me something"], { tools: ["AskUserQuestion"] });
  expect(asked.content[0]).toMatchObject({ name: "AskUserQuestion" });
  expect(await textAnswer(url, ["Ask me something"])).toContain("I am a scripted model");
});

test("facts survive when the CLI has the session summarised", async () => {
  const url = await demoModel();
  const request = "CRITICAL: Respond with TEXT ONLY. Summarise this.";
  const summary = await textAnswer(url, ["My cat is Tom.", assistant, "My dog is Rex.", assistant, request]);
  expect(summary).toContain("<summary>");
  const after = `This session is being continued. ${summary}`;
  expect(await textAnswer(url, [after, assistant, "What is my cat?"])).toContain("Your cat is Tom.");
  expect(await textAnswer(url, [after, assistant, "What is my dog?"])).toContain("Your dog is Rex.");
});
