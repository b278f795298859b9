import { expect, test } from "vitest";
import { protections } from "../../src/systemd/protections.ts";

const missing = (status: string, mountinfo: string) =>
  protections({ status, mountinfo })
    .filter(({ isEffective }) => !isEffective)
    .map(({ name }) => name);

const STATUS = "Uid:\t998\t998\t998\t998\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";
const MOUNTS = [
  "1 0 0:1 / / rw,relatime shared:1 - overlay overlay rw",
  "2 0 0:1 / / ro,relatime shared:1 master:2 - overlay overlay rw",
  "3 2 0:2 / /home rw,nosuid - tmpfs tmpfs ro,mode=755",
  "4 2 0:3 /systemd-private-1-x/tmp /tmp rw - tmpfs tmpfs rw",
  "5 2 0:4 / /dev ro,nosuid - tmpfs tmpfs rw",
  "6 2 0:5 / /proc rw - proc proc rw,hidepid=invisible",
  "7 6 0:5 /sys /proc/sys ro - proc proc rw",
];

test("a process with all protections has none missing", () => {
  expect(missing(STATUS, MOUNTS.join("\n"))).toEqual([]);
});

test("what systemd left out without a word is seen", () => {
  expect(missing(STATUS, MOUNTS[0] ?? "")).toEqual([
    "files read-only",
    "homes hidden",
    "own /tmp",
    "own /dev",
    "kernel settings read-only",
    "other processes hidden",
  ]);
  const bare = "Uid:\t0\t0\t0\t0\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t0\nSeccomp:\t0\n";
  expect(missing(bare, MOUNTS.join("\n"))).toEqual([
    "not root",
    "no new privileges",
    "no capabilities",
    "system calls filtered",
  ]);
});
