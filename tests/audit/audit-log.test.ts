import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openAuditLog } from "../../src/audit/audit-log.ts";
import { type AuditRecord, type ChainHead, hashOf, readRecord } from "../../src/audit/chain.ts";
import { verifyAudit } from "../../src/audit/verify.ts";
import { tempDir } from "../support/temp-dir.ts";

function scene() {
  const folder = join(tempDir(), "logs");
  const file = join(folder, "audit.jsonl");
  const states: string[] = [];
  const open = (maxBytes?: number) =>
    openAuditLog({
      file,
      now: () => 0,
      onState: (state) => void states.push(state),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
  const write = (count: number, maxBytes?: number): ChainHead => {
    const log = open(maxBytes);
    for (let each = 0; each < count; each += 1)
      log.append({ type: "used", fields: { what: `thing ${each}` } });
    const head = log.head();
    log.close();
    return head;
  };
  const lines = (name = "audit.jsonl") => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
  const records = () => lines().map((line) => readRecord(line) as AuditRecord);
  const put = (changed: readonly string[], name = "audit.jsonl") =>
    writeFileSync(join(folder, name), changed.map((line) => `${line}\n`).join(""));
  const problems = async (noted: readonly ChainHead[] = []) =>
    (await verifyAudit(file, noted)).problems.map(({ file: name, line, what }) => `${name}:${line} ${what}`);
  return { folder, file, states, open, write, lines, records, put, problems };
}

describe("what is written", () => {
  test("each record carries the hash of the line before, over several starts", async () => {
    const { write, lines, records, problems, file } = scene();
    write(3);
    const head = write(2);
    expect(records().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    for (const [index, { prev }] of records().entries()) {
      expect(prev).toBe(index === 0 ? "0".repeat(64) : hashOf(lines()[index - 1] ?? ""));
    }
    expect(await problems()).toEqual([]);
    expect((await verifyAudit(file)).head).toEqual(head);
  });

  test("only the user can read the file, whatever it was before", () => {
    const { write, file } = scene();
    write(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    write(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("a full file is put aside and the chain goes on", async () => {
    const { write, folder, problems, file } = scene();
    write(40, 1000);
    write(1);
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000);
    expect(await problems()).toEqual([]);
    expect((await verifyAudit(file)).records).toBe(41);
  });

  test("a crash between putting a full file aside and beginning the next loses no link", async () => {
    const { write, folder, file, problems } = scene();
    write(3);
    renameSync(file, join(folder, "audit-3.jsonl"));
    write(1);
    expect(await problems()).toEqual([]);
  });
});

describe("a line that was not written whole", () => {
  test.each([1, 10, 60])(
    "is cut at the next start, and only it, with a note (%i bytes are missing)",
    async (missing) => {
      const { write, file, lines, records, problems } = scene();
      write(3);
      const torn = `${lines()[2]}\n`.slice(0, -missing - 1);
      truncateSync(file, statSync(file).size - missing - 1);
      expect(await problems()).toEqual([expect.stringContaining("audit.jsonl:3 the last line is not whole")]);
      write(1);
      expect(records().map(({ type }) => type)).toEqual(["used", "used", "line_cut", "used"]);
      expect(records()[2]).toMatchObject({ seq: 3, bytes: torn.length, sha256: hashOf(torn) });
      expect(await problems()).toEqual([]);
    },
  );

  test("a record that only lacks its newline stays", async () => {
    const { write, file, records, problems } = scene();
    write(3);
    truncateSync(file, statSync(file).size - 1);
    write(1);
    expect(records().map(({ type }) => type)).toEqual(["used", "used", "used", "used"]);
    expect(await problems()).toEqual([]);
  });

  test("all of a file that holds nothing else", async () => {
    const { write, file, folder, records, problems } = scene();
    mkdirSync(folder);
    writeFileSync(file, '{"seq":1,"ti');
    write(1);
    expect(records().map(({ type, seq }) => [type, seq])).toEqual([
      ["line_cut", 1],
      ["used", 2],
    ]);
    expect(await problems()).toEqual([]);
  });
});

describe("verify names the first line that is not as it was written", () => {
  const CHANGES: readonly [string, (lines: string[]) => string[], string][] = [
    [
      "changed",
      ([a, b = "", ...rest]) => [a ?? "", b.replace("thing 1", "thing 9"), ...rest],
      "audit.jsonl:3 the line before",
    ],
    ["left out", ([a, _b, ...rest]) => [a ?? "", ...rest], "audit.jsonl:2 record 2 is missing"],
    [
      "left out, two",
      ([a, _b, _c, ...rest]) => [a ?? "", ...rest],
      "audit.jsonl:2 records 2 to 3 are missing",
    ],
    ["the first left out", ([_a, ...rest]) => rest, "audit.jsonl:1 record 1 is missing"],
    ["put in twice", ([a = "", ...rest]) => [a, a, ...rest], "audit.jsonl:2 the line before"],
    [
      "put in another order",
      ([a = "", b = "", c = "", ...rest]) => [a, c, b, ...rest],
      "audit.jsonl:2 record 2 is missing",
    ],
    [
      "made unreadable",
      ([a = "", _b, ...rest]) => [a, "nonsense", ...rest],
      "audit.jsonl:2 this line is no record",
    ],
    ["a space more", ([a = "", b = "", ...rest]) => [a, `${b} `, ...rest], "audit.jsonl:3 the line before"],
  ];
  test.each(CHANGES)("%s", async (_, change, expected) => {
    const { write, lines, put, problems } = scene();
    write(6);
    put(change(lines()));
    expect((await problems())[0]).toContain(expected);
  });

  test("also in a file that was put aside, and one that is gone", async () => {
    const { write, folder, lines, put, problems } = scene();
    write(40, 1000);
    const [first = "", second = ""] = readdirSync(folder)
      .filter((name) => name !== "audit.jsonl")
      .toSorted((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)));
    const kept = lines(second);
    put(
      kept.map((line) => line.replace("thing", "thong")),
      second,
    );
    expect((await problems())[0]).toContain(`${second}:2 the line before`);
    put(kept, second);
    unlinkSync(join(folder, second));
    expect((await problems())[0]).toContain("are missing before this one");
    expect(first).not.toBe("");
  });

  test("what a chain alone can't show, a head that was noted does", async () => {
    const { write, lines, put, problems } = scene();
    const head = write(6);
    const all = lines();
    put(all.slice(0, 4));
    expect(await problems()).toEqual([]);
    expect(await problems([head])).toEqual([
      expect.stringContaining("ended with record 6 once, and now with 4"),
    ]);
    put([...all.slice(0, 5), (all[5] ?? "").replace("thing 5", "thing 9")]);
    expect(await problems()).toEqual([]);
    expect(await problems([head])).toEqual([
      expect.stringContaining("audit.jsonl:6 record 6 is not the one"),
    ]);
    put(all);
    expect(await problems([head])).toEqual([]);
  });

  test("a log whose old files were moved away begins where a noted head says", async () => {
    const { write, lines, put, problems } = scene();
    const head = write(3);
    write(3);
    put(lines().slice(3));
    expect(await problems()).toEqual([expect.stringContaining("records 1 to 3 are missing")]);
    expect(await problems([head])).toEqual([]);
  });
});

describe("while the bot runs", () => {
  test("a file that somebody changes, empties or takes away is noted, and the chain shows it", async () => {
    for (const meddle of [
      (file: string) => appendFileSync(file, "something\n"),
      (file: string) => truncateSync(file, 0),
      (file: string) => rmSync(file),
    ]) {
      const { open, file, records, problems } = scene();
      const log = open();
      log.append({ type: "used", fields: {} });
      log.append({ type: "used", fields: {} });
      meddle(file);
      log.append({ type: "used", fields: {} });
      log.close();
      expect(
        records()
          .slice(-2)
          .map((record) => record?.type),
      ).toEqual(["file_changed", "used"]);
      expect(await problems()).not.toEqual([]);
    }
  });

  test("a record that is changed behind its back breaks the chain, even the last one", async () => {
    const { open, lines, put, problems } = scene();
    const log = open();
    log.append({ type: "used", fields: { what: "reset" } });
    put([(lines()[0] ?? "").replace("reset", "hello")]);
    log.append({ type: "used", fields: {} });
    log.close();
    expect((await problems())[0]).toContain("audit.jsonl:2 the line before");
  });

  test("a log that can't be written says so once, and later how many records are missing", async () => {
    const { open, file, folder, states, records, problems } = scene();
    mkdirSync(join(folder, "audit.jsonl"), { recursive: true });
    const log = open();
    for (let each = 0; each < 3; each += 1) log.append({ type: "used", fields: {} });
    expect(states).toEqual(["failing"]);
    rmSync(file, { recursive: true });
    log.append({ type: "used", fields: {} });
    log.append({ type: "used", fields: {} });
    log.close();
    expect(states).toEqual(["failing", "working"]);
    expect(records().map(({ type }) => type)).toEqual(["records_lost", "used", "used"]);
    expect(records()[0]).toMatchObject({ lost: 3 });
    expect(await problems()).toEqual([]);
  });
});
