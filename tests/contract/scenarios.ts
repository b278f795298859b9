import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { usageHeaders, usageLimit } from "../../src/loopback/model/failure-replies.ts";
import { type MessageReply, say, think, together } from "../../src/loopback/model/reply.ts";
import type { Script } from "../../src/loopback/model/scripted-model.ts";
import type { RawClaude, RawClaudeOptions } from "../support/raw-claude.ts";

/** A short scene with the real CLI. Its lines are kept as a capture, and their shapes are held against the known ones. */
export interface Scenario {
  readonly name: string;
  readonly script?: Script;
  readonly options?: RawClaudeOptions;
  play(claude: RawClaude, projectDir: string): Promise<void>;
}

/** A message that carries its own script. */
export function fake(...steps: readonly unknown[]): string {
  return `go <<fake: ${JSON.stringify(steps)}>>`;
}

/** A tool use of a directive. */
export function tool(name: string, input: unknown): { tool: string; input: unknown } {
  return { tool: name, input };
}

export const bash = (command: string, extra: object = {}) =>
  tool("Bash", { command, description: "A command of the test", ...extra });

/** The next permission request. */
export const asked = { type: "control_request", request: { subtype: "can_use_tool" } };

const IN_AN_HOUR = 3_600_000;

function withWindow(
  reply: MessageReply,
  status: "allowed" | "allowed_warning",
  utilization: number,
): MessageReply {
  const resetsAtMs = Date.now() + IN_AN_HOUR;
  return { ...reply, headers: usageHeaders({ status, window: "five_hour", resetsAtMs, utilization }) };
}

export const scenarios: readonly Scenario[] = [
  {
    name: "plain-turn",
    async play(claude) {
      await claude.control({ subtype: "initialize" });
      await claude.ask("My cat is Tom.");
      await claude.ask("What is my cat?");
    },
  },
  {
    name: "thinking-turn",
    script: () => together(think("Let me think about that for a while."), say("I have thought.")),
    async play(claude) {
      await claude.ask("Think.");
    },
  },
  {
    name: "tool-turn",
    async play(claude) {
      await claude.ask(fake(["First I look.", bash("echo hi")], bash("cat no-such-file"), "It said hi."));
    },
  },
  {
    name: "permission-asked",
    options: { env: { CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: "1" } },
    async play(claude) {
      claude.say(
        fake(
          bash("touch allowed.txt"),
          tool("Write", { file_path: "note.txt", content: "a note" }),
          "Both asked.",
        ),
      );
      const first = await claude.until(asked);
      claude.answer(first, { behavior: "allow" });
      const second = await claude.until(asked, { from: claude.lines.indexOf(first) + 1 });
      claude.answer(second, { behavior: "deny", message: "Not this one." });
      await claude.until({ type: "result" });
    },
  },
  {
    name: "permission-withdrawn",
    async play(claude) {
      claude.say(fake(bash("touch never.txt"), "Not reached."));
      await claude.until(asked);
      await claude.control({ subtype: "interrupt" });
      await claude.until({ type: "result" });
    },
  },
  {
    name: "question-asked",
    async play(claude) {
      const options = [
        { label: "Teal", description: "Between green and blue" },
        { label: "Amber", description: "Between yellow and orange" },
      ];
      const questions = [{ question: "Which colour?", header: "Colour", multiSelect: false, options }];
      claude.say(fake(tool("AskUserQuestion", { questions }), "Thank you."));
      const request = await claude.until(asked);
      claude.answer(request, {
        behavior: "allow",
        updatedInput: { questions, answers: { "Which colour?": "Teal" } },
      });
      await claude.until({ type: "result" });
    },
  },
  {
    name: "cut-stream-retried",
    async play(claude) {
      const text = "This text breaks once and then comes whole.";
      await claude.ask(
        fake({
          attempts: [
            { say: text, chunkSize: 8, cutAfter: 3 },
            { say: text, chunkSize: 8 },
          ],
        }),
      );
    },
  },
  {
    name: "error-event-in-stream",
    async play(claude) {
      await claude.ask(fake({ say: "This stream carries an error.", chunkSize: 8, errorEventAfter: 2 }));
    },
  },
  {
    name: "api-retry",
    async play(claude) {
      await claude.ask(fake({ attempts: [{ fail: 500 }, { fail: 500 }, "Third time lucky."] }));
      await claude.ask(fake({ fail: 500 }));
    },
  },
  {
    name: "usage-limit",
    script: ({ step }) => (step === 0 ? usageLimit({ resetsAtMs: Date.now() + IN_AN_HOUR }) : "Not reached."),
    options: { credential: "oauth" },
    async play(claude) {
      await claude.ask("Hello?");
    },
  },
  {
    name: "usage-window",
    script: ({ history }) =>
      history.length === 1
        ? withWindow(say("Fine."), "allowed", 0.2)
        : withWindow(say("Soon."), "allowed_warning", 0.93),
    options: { credential: "oauth" },
    async play(claude) {
      await claude.ask("First.");
      await claude.ask("Second.");
    },
  },
  {
    name: "model-unknown",
    async play(claude) {
      await claude.ask(fake({ fail: 404 }));
    },
  },
  {
    name: "not-logged-in",
    options: { credential: "none" },
    async play(claude) {
      await claude.ask("Hello?");
    },
  },
  {
    name: "interrupted",
    async play(claude) {
      claude.say(fake({ say: "A text that is never finished by the model.", chunkSize: 8, stallAfter: 3 }));
      await claude.until({ event: { type: "content_block_delta" } });
      await claude.control({ subtype: "interrupt" });
      await claude.until({ type: "result" });
    },
  },
  {
    name: "background-task",
    async play(claude, projectDir) {
      const waiting = bash("until [ -e go-on ]; do sleep 0.05; done; echo done", { run_in_background: true });
      await claude.ask(fake(waiting, "It runs in the background."));
      writeFileSync(join(projectDir, "go-on"), "");
      await claude.until({ type: "result", origin: { kind: "task-notification" } });
    },
  },
  {
    name: "subagent",
    async play(claude) {
      const prompt = fake(bash("echo from the subagent"), "The subagent is done.");
      const input = {
        description: "A small errand",
        prompt,
        subagent_type: "general-purpose",
        run_in_background: false,
      };
      await claude.ask(fake(tool("Agent", input), "The errand is done."));
    },
  },
  {
    name: "compacted",
    async play(claude) {
      await claude.ask("Something to remember.");
      await claude.ask("/compact", { client_composed: false });
      await claude.ask("And on.");
    },
  },
  {
    name: "tool-of-the-host",
    async play(claude) {
      await claude.control({ subtype: "initialize", sdkMcpServers: ["discord"] });
      serveTool(claude);
      claude.say(fake(tool("mcp__discord__send_file", { path: "a.png" }), "Sent."));
      claude.answer(await claude.until(asked), { behavior: "allow" });
      await claude.until({ type: "result" });
    },
  },
  {
    name: "session-unknown",
    options: { arguments: ["--resume", "00000000-0000-4000-8000-0000000000aa"] },
    async play(claude) {
      claude.say("Hello?");
      await claude.exited;
    },
  },
];

/** Answers the CLI's MCP messages as a server with one tool, `send_file`. */
export function serveTool(claude: RawClaude): void {
  let seen = 0;
  const look = () => {
    for (const line of claude.lines.slice(seen)) {
      seen += 1;
      const request = line.request as
        | { subtype?: string; message?: { id?: number; method: string } }
        | undefined;
      if (line.type !== "control_request" || request?.subtype !== "mcp_message") continue;
      const { id, method } = request.message ?? { method: "" };
      claude.answer(line, {
        mcp_response: { jsonrpc: "2.0", id: id ?? 0, result: MCP_RESULTS[method] ?? {} },
      });
    }
  };
  claude.process.stdout.on("data", () => setImmediate(look));
  look();
}

const MCP_RESULTS: Readonly<Record<string, unknown>> = {
  initialize: {
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "discord", version: "1.0.0" },
  },
  "tools/list": {
    tools: [
      {
        name: "send_file",
        description: "Sends a file to the channel",
        inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
      },
    ],
  },
  "tools/call": { content: [{ type: "text", text: "sent to the channel" }] },
};
