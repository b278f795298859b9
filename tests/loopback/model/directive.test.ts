import { describe, expect, onTestFinished, test } from "vitest";
import { startScriptedModel } from "../../../src/loopback/model/scripted-model.ts";
import { askModel, streamedEvents, textAnswer, wholeAnswer } from "./ask-model.ts";

async function demoModel() {
  const model = await startScriptedModel();
  onTestFinished(() => model.stop());
  return model.url;
}

const fake = (...steps: unknown[]) => `please <<fake: ${JSON.stringify(steps)}>> thanks`;
const assistant = { role: "assistant", content: "done" };

describe("a directive inside a message", () => {
  test("plays its steps by their place after the message", async () => {
    const url = await demoModel();
    const message = fake({ tool: "Bash", input: { command: "echo hi" } }, "It said hi");
    expect(await wholeAnswer(url, [message])).toMatchObject({
      content: [{ type: "tool_use", name: "Bash", input: { command: "echo hi" } }],
    });
    expect(await textAnswer(url, [message, assistant])).toBe("It said hi");
  });

  test("applies to its own message only, and the last of two counts", async () => {
    const url = await demoModel();
    expect(await textAnswer(url, [fake("one"), assistant, "hello"])).toContain("shown 2 messages");
    expect(await textAnswer(url, [`${fake("one")}\n${fake("two")}`])).toBe("two");
  });

  test("may hold another directive inside a subagent's prompt", async () => {
    const url = await demoModel();
    const prompt = fake("from inside >>");
    const answer = await wholeAnswer(url, [fake({ tool: "Agent", input: { prompt } }, "outer")]);
    expect(answer.content[0]?.input).toEqual({ prompt });
    expect(await textAnswer(url, [prompt])).toBe("from inside >>");
  });

  test("can put several blocks into one message", async () => {
    const url = await demoModel();
    const answer = await wholeAnswer(url, [fake([{ think: "hm" }, "text", { tool: "Read", input: {} }])]);
    expect(answer.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use"]);
  });

  test("can fail a first attempt and answer the retry", async () => {
    const url = await demoModel();
    const message = fake({ attempts: [{ fail: 529 }, "better now"] });
    expect((await askModel(url, [message])).status).toBe(529);
    expect(await textAnswer(url, [message])).toBe("better now");
  });

  test.each([
    [{ fail: 401 }, 401],
    [{ fail: 429, retryAfterSeconds: 1 }, 429],
    [{ usageLimit: { resetsInMs: 60_000 } }, 429],
    [{ failure: "promptTooLong" }, 400],
    [{ failure: "creditTooLow" }, 400],
  ])("%j answers with the status %i", async (step, status) => {
    expect((await askModel(await demoModel(), [fake(step)])).status).toBe(status);
  });

  test("can pace and break a stream", async () => {
    const url = await demoModel();
    const message = fake({ say: "abcdef", chunkSize: 2, delayMs: 1, errorEventAfter: 2 });
    const events = streamedEvents(await (await askModel(url, [message], { stream: true })).text());
    expect(events.filter(({ type }) => type === "content_block_delta")).toHaveLength(2);
    expect(events.at(-1)?.type).toBe("error");
  });

  test.each(["<<fake: [nonsense>>", '<<fake: [{"tol":"Bash"}]>>', "<<fake: [", "<<fake:"])(
    "that cannot be read (%s) is answered with the reason",
    async (message) => {
      expect(await textAnswer(await demoModel(), [message])).toContain("I cannot read this directive");
    },
  );
});
