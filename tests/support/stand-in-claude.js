#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  assistant,
  finish,
  say,
  speak,
  startMessage,
  succeed,
  write,
} from "../fixtures/agents/stream-json.js";

/*
 * A light stand-in for the `claude` CLI, for tests that start hundreds of them. It keeps sessions on disk and treats
 * a known uuid, a resume and an interrupted turn as the CLI does; the contract tests say how that is. What it answers
 * follows from the prompt alone: `m7 lines=3 pace=20` is answered with "m7 line 1 of 3" and so on, 20 ms each.
 * `m7 says=["one", " two"]` is answered with these pieces, one every `pace` ms. `m7 lines=3 until=go`: after the first
 * line it waits for a file `go` in its folder.
 * A word in brackets makes it fail: [dies-first] [dies-mid-text] [dies-after-answer] [hangs] [garbage] [refuses]; or
 * makes it ask people first: [asks] whether it may run a command, [questions] of its own. With [asks-for-tool] and
 * [uses-tool] it runs one, allowed by people or beforehand, and answers then.
 */

const VERSION = "2.1.330";
const flag = (name) => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const sessions = join(process.env.CLAUDE_CONFIG_DIR ?? join(process.env.HOME, ".claude"), "projects");

const TOOL_MS = 4_000;
const LOOK_MS = 20;

const REQUESTS = {
  asks: {
    tool_name: "Bash",
    tool_use_id: "tool-1",
    input: { command: "touch secret-plan" },
    permission_suggestions: [
      { type: "addRules", rules: [{ toolName: "Bash", ruleContent: "touch *" }], behavior: "allow" },
    ],
  },
  questions: {
    tool_name: "AskUserQuestion",
    tool_use_id: "tool-1",
    input: {
      questions: [
        {
          question: "Which of them?",
          header: "Which",
          multiSelect: true,
          options: [
            { label: "One", description: "" },
            { label: "Two", description: "" },
          ],
        },
      ],
    },
  },
};

if (process.argv.includes("--version")) {
  console.log(`${VERSION} (Claude Code)`);
} else if (process.argv[2] === "auth") {
  console.log(JSON.stringify({ loggedIn: true, authMethod: "api_key", loginExpiresAt: null }));
} else {
  const id = flag("resume") ?? flag("session-id");
  const known = findTranscript(id);
  if (flag("resume") === undefined && known !== undefined) refuse(`Session ID ${id} is already in use.`);
  else if (flag("resume") !== undefined && known === undefined) noConversation(id);
  else converse(id, known ?? join(sessions, process.cwd().replaceAll("/", "-"), `${id}.jsonl`));
}

function findTranscript(id) {
  if (!existsSync(sessions)) return undefined;
  const files = readdirSync(sessions).map((folder) => join(sessions, folder, `${id}.jsonl`));
  return files.find((file) => existsSync(file));
}

function refuse(message) {
  console.error(`Error: ${message}`);
  process.exitCode = 1;
}

function noConversation(id) {
  const message = `No conversation found with session ID: ${id}`;
  say({ type: "result", subtype: "error_during_execution", is_error: true, errors: [message] });
  refuse(message);
}

function converse(id, file) {
  const transcript = existsSync(file)
    ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(parse)
    : [];
  const waiting = [];
  const turnsThatAsk = new Map();
  let running;

  const keep = (entry) => {
    transcript.push(entry);
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, `${JSON.stringify(entry)}\n`);
  };
  const end = (uuid, result) => {
    running = undefined;
    result();
    say({ type: "command_lifecycle", command_uuid: uuid, state: "completed" });
    next();
  };
  const next = () => {
    if (running === undefined && waiting.length > 0) run(waiting.shift());
    else if (running === undefined && process.stdin.readableEnded) process.exit(0);
  };

  const run = (turn) => {
    running = turn;
    const { uuid, text } = turn;
    say({ type: "command_lifecycle", command_uuid: uuid, state: "started" });
    say({ type: "system", subtype: "init", model: "stand-in", session_id: id, user_message_uuids: [uuid] });
    if (!turn.resumed) keep({ type: "user", uuid, text });
    say({ type: "system", subtype: "status", status: "requesting" });
    const fault = /\[([a-z-]+)\]/.exec(text)?.[1];
    if (fault === "dies-first") return process.kill(process.pid, "SIGKILL");
    if (fault === "garbage") return process.stdout.write("{ no JSON\n");
    if (fault === "hangs") return;
    if (fault === "asks" || fault === "questions") return askPeople(uuid, fault);
    if (fault === "refuses") return end(uuid, () => fail(uuid));
    if (fault === "asks-for-tool" || fault === "uses-tool") return useTool(turn, fault === "asks-for-tool");
    speakFrom(turn, fault);
  };

  const speakFrom = (turn, fault) => {
    startMessage();
    speakLine(turn, answerTo(transcript), 0, fault);
  };

  /** A tool that people must allow, or one that takes its time; the answer comes after it, whatever they say. */
  const useTool = (turn, mustAsk) => {
    const tool = { id: `toolu_${randomUUID()}`, name: "Bash", input: { command: "make" } };
    say({
      type: "assistant",
      message: { model: "stand-in", content: [{ type: "tool_use", ...tool }] },
    });
    const done = () => {
      const content = [{ type: "tool_result", tool_use_id: tool.id, content: "made" }];
      say({ type: "user", message: { role: "user", content } });
      speakFrom(turn);
    };
    if (!mustAsk) {
      turn.timer = setTimeout(done, TOOL_MS);
      return;
    }
    const request = {
      subtype: "can_use_tool",
      tool_name: tool.name,
      input: tool.input,
      tool_use_id: tool.id,
    };
    turn.goOn = done;
    turnsThatAsk.set(`tool-${turn.uuid}`, turn.uuid);
    say({ type: "control_request", request_id: `tool-${turn.uuid}`, request });
  };

  const askPeople = (uuid, what) => {
    const request_id = `ask-${uuid}`;
    turnsThatAsk.set(request_id, uuid);
    say({ type: "control_request", request_id, request: { subtype: "can_use_tool", ...REQUESTS[what] } });
  };
  const answered = ({ request_id, response }) => {
    const uuid = turnsThatAsk.get(request_id);
    if (running?.uuid !== uuid || uuid === undefined) return;
    turnsThatAsk.delete(request_id);
    if (running.goOn !== undefined) return running.goOn();
    const text = `It was decided: ${response.behavior}`;
    keep({ type: "assistant", text });
    assistant(text);
    end(uuid, () => finish(uuid, text));
  };

  const speakLine = (turn, answer, index, fault) => {
    if (index > 0 && answer.until !== undefined && !existsSync(answer.until)) {
      turn.timer = setTimeout(speakLine, LOOK_MS, turn, answer, index, fault);
      return;
    }
    if (index < answer.lines.length) {
      if (fault === "dies-mid-text" && index === 1) return process.kill(process.pid, "SIGKILL");
      write(`${index === 0 ? "" : answer.glue}${answer.lines[index]}`);
      turn.timer = setTimeout(speakLine, answer.paceMs, turn, answer, index + 1, fault);
      return;
    }
    const text = answer.lines.join(answer.glue);
    keep({ type: "assistant", text });
    assistant(text);
    say({ type: "stream_event", event: { type: "message_stop" } });
    if (fault === "dies-after-answer") return process.kill(process.pid, "SIGKILL");
    end(turn.uuid, () => finish(turn.uuid, text));
  };

  const fail = (uuid) => {
    const text = "API Error: 500 Internal server error";
    say({
      type: "assistant",
      message: { model: "<synthetic>", content: [{ type: "text", text }] },
      error: "server_error",
    });
    say({
      type: "result",
      subtype: "success",
      is_error: true,
      result: text,
      api_error_status: 500,
      user_message_uuids: [uuid],
    });
  };

  const take = (uuid, line) => {
    // The turn that was taken up by itself is being asked for once more: it runs once.
    if (running?.uuid === uuid) return;
    const before = transcript.findLastIndex((entry) => entry.uuid === uuid);
    if (before >= 0 && before < transcript.length - 1) {
      say({ type: "command_lifecycle", command_uuid: uuid, state: "completed" });
      return;
    }
    say({ type: "command_lifecycle", command_uuid: uuid, state: "queued" });
    waiting.push({ uuid, text: textOf(line) });
    next();
  };

  const control = (request) => {
    const stopped = running;
    const cancelled = request.request.subtype === "interrupt" ? waiting.splice(0) : [];
    succeed(request, request.request.subtype === "interrupt" ? { still_queued: [] } : {});
    for (const { uuid } of cancelled)
      say({ type: "command_lifecycle", command_uuid: uuid, state: "cancelled" });
    if (request.request.subtype !== "interrupt" || stopped === undefined) return;
    clearTimeout(stopped.timer);
    keep({ type: "interrupted" });
    const { uuid } = stopped;
    const result = { type: "result", subtype: "error_during_execution", is_error: true, errors: [] };
    end(uuid, () => say({ ...result, terminal_reason: "aborted_streaming", user_message_uuids: [uuid] }));
  };

  process.on("SIGTERM", () => process.exit(143));
  process.stdin.on("end", next);
  const last = transcript.at(-1);
  if (process.env.CLAUDE_CODE_RESUME_INTERRUPTED_TURN === "1" && last?.type === "user") {
    run({ uuid: last.uuid, text: last.text, resumed: true });
  }
  speak({ version: VERSION, onTurn: take, onControl: control, onResponse: answered });
}

/** A transcript's last line may have been cut by a kill; the CLI tolerates that too. */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { type: "cut" };
  }
}

function textOf({ message }) {
  return message.content.map((part) => part.text ?? "").join("\n");
}

/** To the last prompt that names itself; anything after it, such as "please repeat", asks for the same once more. */
function answerTo(transcript) {
  const text =
    transcript.findLast((entry) => entry.type === "user" && /\bm\d+\b/.test(entry.text))?.text ?? "m0";
  const number = (name, otherwise) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(text)?.[1] ?? otherwise);
  const marker = /\bm\d+\b/.exec(text)?.[0];
  const pieces = /\bsays=(\[.*\])/s.exec(text)?.[1];
  if (pieces !== undefined) return { lines: JSON.parse(pieces), glue: "", paceMs: number("pace", 0) };
  const count = number("lines", 1);
  const lines = Array.from({ length: count }, (_, index) => `${marker} line ${index + 1} of ${count}`);
  const until = /\buntil=(\S+)/.exec(text)?.[1];
  return { lines, glue: "\n", paceMs: number("pace", 0), until };
}
