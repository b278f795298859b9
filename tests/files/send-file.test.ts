import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { AgentSpec, PermissionAnswer } from "../../src/core/agents/agent.ts";
import { createRedactor } from "../../src/core/secrets/redactor.ts";
import { createNamedImages, imagePaths } from "../../src/files/named-images.ts";
import { createSendFile } from "../../src/files/send-file.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { createOutgoingStore } from "../../src/sqlite/outgoing.ts";
import { testDatabase } from "../support/database.ts";
import { NO_SECRETS } from "../support/no-secrets.ts";
import { tempDir } from "../support/temp-dir.ts";

/** A project, the tool on it, and a ledger whose turns take what was sent. */
function setUp() {
  const home = tempDir();
  const projectDir = join(home, "project");
  const root = join(home, "files");
  mkdirSync(projectDir);
  const db = testDatabase();
  const store = createOutgoingStore(db, Date.now);
  const ledger = createLedger(db, Date.now);
  const alarms: string[] = [];
  const redactor = createRedactor({ secrets: () => ["a-secret-of-ours-0123456789"], hidesLooks: () => true });
  const onSecret = (conversationId: string) => void alarms.push(conversationId);
  const sendFile = createSendFile({ store, root, redactor, onSecret, log: { info: () => {} } });
  const asked: unknown[] = [];
  let decision: PermissionAnswer = { behavior: "deny", message: "Ann says no." };
  const ask = async (about: unknown) => {
    asked.push(about);
    return decision;
  };
  const spec: AgentSpec = {
    conversationId: "10",
    sessionId: "s",
    resume: false,
    continueInterrupted: false,
    projectDir,
    model: undefined,
    allowedTools: [],
    systemPrompt: undefined,
    permissionMode: "default",
  };
  const write = (path: string, data: string | Buffer = "x") => {
    const full = join(projectDir, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, data);
    return full;
  };
  const send = (path: unknown) => sendFile({ spec, input: { path }, ask });
  const allowAll = () => {
    decision = { behavior: "allow" };
  };
  const gather = createNamedImages({ store, root, log: { info: () => {} } });
  const answerNames = (answer: string, sinceMs = 0) =>
    gather({ conversationId: "10", projectDir, answer, sinceMs });
  /** A turn that ends: the names of the files below its answer. */
  const endTurn = (id: string, conversationId = "10", outcome: "answered" | "expired" = "answered") => {
    const asked = {
      id,
      conversationId,
      guildId: "1",
      projectName: "web",
      messageId: id,
      authorId: "1",
      authorName: "ann",
      prompt: "x",
    };
    ledger.accept(asked);
    ledger.end(id, {
      outcome,
      answer: "",
      failureCode: undefined,
      errorId: undefined,
      resetsAtMs: undefined,
      notes: [],
      stats: undefined,
    });
    return store.ofTurn(id).map(({ name }) => name);
  };
  return { home, projectDir, root, store, alarms, asked, write, send, allowAll, answerNames, endTurn };
}

test("files of the project go below the next answer, in order, and below no other", async () => {
  const { write, send, endTurn } = setUp();
  write("a.png");
  const absolute = write("deep/b.txt");
  expect(await send("a.png")).toEqual({ text: "a.png will be shown below your answer.", isError: false });
  expect(await send(absolute)).toMatchObject({ isError: false });
  expect(endTurn("elsewhere", "20")).toEqual([]);
  expect(endTurn("too-late", "10", "expired")).toEqual([]);
  expect(endTurn("one")).toEqual(["a.png", "b.txt"]);
  expect(endTurn("two")).toEqual([]);
});

test("what is sent is what the file was when it was sent", async () => {
  const { write, send, store, endTurn } = setUp();
  write("report.md", "first");
  await send("report.md");
  write("report.md", "second");
  endTurn("one");
  expect(readFileSync(store.ofTurn("one")[0]?.path ?? "", "utf8")).toBe("first");
});

test("a turn that runs again after a crash sends the same file once, and a changed one too", async () => {
  const { write, send, endTurn } = setUp();
  write("a.txt", "one");
  await send("a.txt");
  expect(await send("./a.txt")).toMatchObject({ isError: false, text: expect.stringContaining("already") });
  write("a.txt", "two");
  await send("a.txt");
  expect(endTurn("one")).toEqual(["a.txt", "a.txt"]);
});

test.each([
  ".env",
  ".env.local",
  "config/.ENV",
  "server.pem",
  "tls/private.key",
  "id_rsa",
  "id_ed25519.pub",
  ".npmrc",
  ".netrc",
  "credentials.json",
  ".credentials.json",
  ".git/config",
  "sub/.git/HEAD",
  ".ssh/known_hosts",
])("%s is sent only where a person allows it", async (path) => {
  const { asked, write, send, allowAll, endTurn } = setUp();
  write(path);
  expect(await send(path)).toMatchObject({
    isError: true,
    text: expect.stringMatching(/looks like a secret\. Ann says no\.$/),
  });
  expect(endTurn("one")).toEqual([]);
  expect(asked).toEqual([{ name: basename(path), place: path, sizeBytes: 1 }]);
  allowAll();
  expect(await send(path)).toMatchObject({ isError: false });
  expect(endTurn("two")).toHaveLength(1);
});

test("what a person allows is what the file was when they were asked", async () => {
  const { write, projectDir, root, store, endTurn } = setUp();
  const path = write(".env", "first");
  const sendFile = createSendFile({
    store,
    root,
    redactor: NO_SECRETS,
    onSecret: () => {},
    log: { info: () => {} },
  });
  const spec = { conversationId: "10", projectDir } as AgentSpec;
  const ask = async () => {
    writeFileSync(path, "second");
    return { behavior: "allow" } as const;
  };
  await sendFile({ spec, input: { path: ".env" }, ask });
  endTurn("one");
  expect(readFileSync(store.ofTurn("one")[0]?.path ?? "", "utf8")).toBe("first");
});

test("a secret behind a link of another name is asked about, a link that leads out is refused", async () => {
  const { home, projectDir, asked, write, send } = setUp();
  write(".env", "TOKEN=1");
  writeFileSync(join(home, "outside.txt"), "x");
  symlinkSync(join(projectDir, ".env"), join(projectDir, "notes.txt"));
  symlinkSync(join(home, "outside.txt"), join(projectDir, "out.txt"));
  symlinkSync(home, join(projectDir, "up"));
  expect((await send("notes.txt")).text).toContain("looks like a secret");
  expect(asked).toEqual([{ name: "notes.txt", place: ".env", sizeBytes: 7 }]);
  expect((await send("out.txt")).text).toContain("outside the project");
  expect((await send("up/outside.txt")).text).toContain("outside the project");
});

test.each([
  ["../outside.txt", "outside the project"],
  ["/etc/hostname", "outside the project"],
  ["nothing.txt", "no such file"],
  [".", "outside the project"],
  ["folder", "no regular file"],
  ["pipe", "no regular file"],
  ["empty.txt", "it is empty"],
  ["big.bin", "larger than the 10 MB"],
  ["", "path is missing"],
  [7, "path is missing"],
])("%s is refused with the reason: %s", async (path, reason) => {
  const { home, projectDir, write, send } = setUp();
  writeFileSync(join(home, "outside.txt"), "x");
  mkdirSync(join(projectDir, "folder"));
  execFileSync("mkfifo", [join(projectDir, "pipe")]);
  write("empty.txt", "");
  write("big.bin", Buffer.alloc(10_000_001, 1));
  const answer = await send(path);
  expect(answer).toMatchObject({ isError: true, text: expect.stringContaining(reason) });
});

test("files that people sent to this conversation may go back, those of others may not", async () => {
  const { root, send } = setUp();
  for (const conversation of ["10", "20"]) {
    mkdirSync(join(root, conversation, "7"), { recursive: true });
    writeFileSync(join(root, conversation, "7", "photo.png"), "x");
  }
  expect(await send(join(root, "10", "7", "photo.png"))).toMatchObject({ isError: false });
  expect(await send(join(root, "20", "7", "photo.png"))).toMatchObject({ isError: true });
});

test("an answer takes twenty files at most", async () => {
  const { write, send, endTurn } = setUp();
  for (let number = 0; number < 21; number += 1) write(`${number}.txt`, String(number));
  const answers = [];
  for (let number = 0; number < 21; number += 1) answers.push(await send(`${number}.txt`));
  expect(answers.at(-1)).toMatchObject({ isError: true, text: expect.stringContaining("at most 20") });
  expect(endTurn("one")).toHaveLength(20);
});

const PNG = Buffer.from("\x89PNG\r\n\x1a\nand so on", "latin1");

test("pictures that Claude has made and names are sent without being told to, each once", async () => {
  const { write, send, answerNames, endTurn } = setUp();
  for (const path of ["a.png", "out/b c.png", "d.png", "e.png"])
    write(path, Buffer.concat([PNG, Buffer.from(path)]));
  await send("d.png");
  await answerNames("See `out/b c.png`, ![chart](./a.png) and **d.png**; once more: a.png.");
  expect(endTurn("one")).toEqual(["d.png", "b_c.png", "a.png"]);
});

test("a picture that was there before, a secret, one outside and what is none are not sent by themselves", async () => {
  const { home, projectDir, write, answerNames, endTurn } = setUp();
  write("old.png", PNG);
  await answerNames("old.png", Date.now() + 60_000);
  write(".git/logo.png", PNG);
  write(".env.png", PNG);
  write("text.png", "no picture");
  writeFileSync(join(home, "outside.png"), PNG);
  symlinkSync(join(home, "outside.png"), join(projectDir, "link.png"));
  await answerNames(
    ".git/logo.png, .env.png, text.png, ../outside.png, link.png, nothing.png, https://e.com/a.png",
  );
  expect(endTurn("one")).toEqual([]);
});

test.each([
  ["I saved it to `out/my chart.png`.", ["out/my chart.png"]],
  ["![x](/tmp/p/a.png) and [the file](<b c.webp>)", ["/tmp/p/a.png", "b c.webp"]],
  ["The chart is at ./docs/a.PNG, (b.jpeg) and **c.gif**.", ["./docs/a.PNG", "b.jpeg", "c.gif"]],
  ["https://example.com/a.png and [x](https://e.com/b.png) and a.png.bak", []],
])("%s names %j", (text, paths) => {
  expect(imagePaths(text)).toEqual(paths);
});

test("a file with a secret of ours in it is never sent, wherever in it, and an alarm is raised", async () => {
  const { write, send, allowAll, store, alarms } = setUp();
  allowAll();
  write("notes.txt", `${"x ".repeat(700_000)}a-secret-of-ours-0123456789`);
  write("picture.png", Buffer.concat([Buffer.alloc(3_000_000), Buffer.from("a-secret-of-ours-0123456789")]));
  for (const path of ["notes.txt", "picture.png"]) {
    expect(await send(path)).toEqual({
      text: "Not sent: there is a secret of the bot in it.",
      isError: true,
    });
  }
  expect(store.waiting("10")).toBe(0);
  expect(alarms).toEqual(["10", "10"]);
});

test("a text with what looks like a secret in it is sent only if a person allows it", async () => {
  const { write, send, allowAll, asked, alarms } = setUp();
  write("setup.sh", `export GH=ghp_${"aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6"}\n`);
  expect(await send("setup.sh")).toMatchObject({ isError: true });
  expect(asked).toMatchObject([{ name: "setup.sh" }]);
  allowAll();
  expect(await send("setup.sh")).toMatchObject({ isError: false });
  expect(alarms).toEqual([]);
});
