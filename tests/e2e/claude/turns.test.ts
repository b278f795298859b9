import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { say, use } from "../../../src/loopback/model/reply.ts";
import { realClaude } from "../../support/real-claude.ts";

test("what people write is plain text: no file is read and no command runs", async () => {
  const bench = await realClaude(() => "ok");
  const secret = join(bench.home, "secret.txt");
  await writeFile(secret, "the secret of the house");
  const agent = bench.start();
  for (const text of [`read @${secret}`, "/cost", "!touch x"]) {
    expect(await agent.ask(text)).toMatchObject({ outcome: "completed", text: "ok" });
    expect(bench.model.requests.at(-1)?.lastUserText).toBe(text);
  }
  expect(JSON.stringify(bench.model.requests)).not.toContain("the secret of the house");
});

test("a session is remembered when it is resumed, and a changed system prompt counts", async () => {
  const bench = await realClaude((request) => `heard ${request.history.length}`);
  const sessionId = randomUUID();
  const first = bench.start({ sessionId, systemPrompt: "Speak like a pirate." });
  const cost = (await first.ask("one")).sessionCostUsd;
  await first.stop();
  const second = bench.start({ sessionId, resume: true, systemPrompt: "Speak like a poet." });
  const end = await second.ask("two");
  expect(bench.model.requests.at(-1)).toMatchObject({ history: ["one", "two"] });
  expect(bench.model.requests.at(-1)?.system).toContain("Speak like a poet.");
  expect(bench.model.requests.at(-1)?.system).not.toContain("pirate");
  expect(end.text).toBe("heard 2");
  expect(cost).toBeGreaterThan(0);
  expect(end.sessionCostUsd).toBeGreaterThan(cost);
});

test("an image and a document reach the model", async () => {
  const bench = await realClaude(() => "ok");
  const agent = bench.start();
  agent.agent.send({
    type: "turn",
    turnId: randomUUID(),
    prompt: [
      { type: "image", mediaType: "image/png", data: ONE_PIXEL },
      { type: "document", mediaType: "application/pdf", data: btoa("%PDF-1.4 tiny"), title: "a.pdf" },
      { type: "text", text: "see these" },
    ],
  });
  expect((await agent.until("turn_ended")).end.outcome).toBe("completed");
  const shown = JSON.stringify(bench.model.requests.at(-1)?.messages);
  expect(shown).toContain('"type":"image"');
  expect(shown).toContain('"type":"document"');
});

test("the first words are shown at once, later ones together", async () => {
  const words = "one two three four five six seven eight nine ten";
  const bench = await realClaude(() => say(words, { chunkSize: 4, delayMs: 30 }));
  const agent = bench.start();
  await agent.ask("count");
  const previews = agent.events.flatMap((event) => (event.type === "preview" ? [event.text] : []));
  expect(previews[0]).toBe("one ");
  expect(previews.join("")).toBe(words);
  expect(previews.length).toBeLessThan(words.length / 4);
});

test("a stream that breaks is told as withdrawn and repeated, and its text stands once", async () => {
  const answer = "This answer breaks off once and comes again as a whole.";
  const bench = await realClaude(({ attempt }) =>
    attempt === 1
      ? { ...say(answer, { chunkSize: 4, delayMs: 60 }), fault: { type: "cut", afterDeltas: 6 } }
      : say(answer),
  );
  const agent = bench.start();
  expect(await agent.ask("hi")).toMatchObject({ outcome: "completed", text: answer });
  expect(agent.textSoFar()).toBe(answer);
  const steps = agent.events.map((event) => event.type).filter((type, index, all) => type !== all[index - 1]);
  expect(steps).toEqual(expect.arrayContaining(["preview", "preview_withdrawn", "text", "turn_ended"]));
  expect(steps.indexOf("preview_withdrawn")).toBeLessThan(steps.indexOf("text"));
});

test("a turn that the session already holds is not asked again, also by a new process", async () => {
  const bench = await realClaude(() => "ok");
  const sessionId = randomUUID();
  const turnId = randomUUID();
  const first = bench.start({ sessionId });
  await first.ask("once", turnId);
  await first.stop();
  const second = bench.start({ sessionId, resume: true });
  expect(await second.ask("once", turnId)).toMatchObject({
    outcome: "failed",
    failure: { code: "turn_already_taken" },
  });
  expect(bench.model.requests).toHaveLength(1);
  expect(await second.ask("more")).toMatchObject({ outcome: "completed" });
});

test("tools see the environment that was built for them, and nothing of ours", async () => {
  const bench = await realClaude(() => [use("Bash", { command: "env" }), "done"], {
    locale: { LANG: "C.UTF-8", DISCORD_TOKEN: "bot-token", CONFIG_PATH: "/etc/config.yaml", SECRET: "x" },
    extraEnv: { DISCORD_TOKEN: "bot-token", GREETING: "hello" },
  });
  const agent = bench.start({ allowedTools: ["Bash"] });
  await agent.ask("what do you see?");
  const { text } = await agent.until("tool_result");
  expect(text).toContain("GREETING=hello");
  expect(text).toContain(`HOME=${bench.home}`);
  expect(text).toContain("LANG=C.UTF-8");
  expect(text).not.toMatch(/bot-token|CONFIG_PATH|SECRET|VITEST/);
});

test("a model and a permission mode that are set count from the next turn on", async () => {
  const bench = await realClaude(({ lastUserText }) =>
    lastUserText.endsWith("touch") ? [use("Bash", { command: "touch made" }), "done"] : "ok",
  );
  const agent = bench.start({ model: "sonnet" });
  await agent.ask("one");
  agent.agent.send({ type: "set_model", model: "haiku" });
  agent.agent.send({ type: "set_permission_mode", permissionMode: "acceptEdits" });
  await agent.ask("touch");
  expect(bench.model.requests.map((request) => /sonnet|haiku/.exec(request.model)?.[0])).toEqual([
    "sonnet",
    "haiku",
    "haiku",
  ]);
  expect(agent.events.some((event) => event.type === "permission_requested")).toBe(false);
});

test("a model that is set before the agent is there counts for its first turn", async () => {
  const bench = await realClaude(() => "ok");
  const agent = bench.start({ model: "sonnet" });
  agent.agent.send({ type: "set_model", model: "haiku" });
  await agent.ask("hi");
  expect(bench.model.requests[0]?.model).toContain("haiku");
});

test("what a background task brings is a turn that nobody asked for", async () => {
  const command = `node -e "setTimeout(() => {}, 400)"`;
  const bench = await realClaude(({ history, messages }) =>
    JSON.stringify(messages).includes("completed (exit code 0)")
      ? "the task is through"
      : history.length === 1
        ? [use("Bash", { command, run_in_background: true }), "it runs"]
        : "?",
  );
  const agent = bench.start({ allowedTools: ["Bash"] });
  expect((await agent.ask("start it")).text).toBe("it runs");
  const unasked = await agent.until("turn_ended", (event) => event.turnId === undefined);
  expect(unasked.end).toMatchObject({ outcome: "completed", text: "the task is through" });
  const counts = agent.events.flatMap((event) => (event.type === "background" ? [event.tasks] : []));
  expect(counts).toEqual([1, 0]);
});

test("a turn that is asked for while the agent runs one of its own waits for it", async () => {
  const command = `node -e "setTimeout(() => {}, 300)"`;
  const bench = await realClaude(({ lastUserText, messages }) => {
    if (lastUserText === "and me?") return "you too";
    if (!JSON.stringify(messages).includes("completed (exit code 0)")) {
      return [use("Bash", { command, run_in_background: true }), "it runs"];
    }
    return say("the task is through, and this takes a while", { chunkSize: 4, delayMs: 60 });
  });
  const agent = bench.start({ allowedTools: ["Bash"] });
  await agent.ask("start it");
  await agent.until("turn_started", (event) => event.turnId === undefined);
  expect((await agent.ask("and me?")).text).toBe("you too");
  const ends = agent.events.flatMap((event) => (event.type === "turn_ended" ? [event.end.text] : []));
  expect(ends).toEqual(["it runs", "the task is through, and this takes a while", "you too"]);
});

test("what a subagent does is told as its own", async () => {
  const bench = await realClaude(({ lastUserText }) =>
    lastUserText.includes("look around")
      ? [use("Bash", { command: "echo from below" }), "seen"]
      : [
          use(
            "Task",
            {
              description: "look",
              prompt: "look around",
              subagent_type: "general-purpose",
              run_in_background: false,
            },
            "toolu_parent",
          ),
          "done",
        ],
  );
  const agent = bench.start({ allowedTools: ["Bash", "Task"] });
  expect((await agent.ask("delegate")).text).toBe("done");
  const uses = agent.events.flatMap((event) =>
    event.type === "tool_use" ? [[event.name, event.parentToolUseId]] : [],
  );
  expect(uses).toEqual([
    [expect.stringMatching(/Task|Agent/), undefined],
    ["Bash", "toolu_parent"],
  ]);
});

const ONE_PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
