import fc from "fast-check";
import { expect, test } from "vitest";
import { safeName } from "../../src/files/safe-name.ts";

test.each([
  ["photo.png", "photo.png"],
  ["../../etc/passwd", "etc_passwd"],
  [".env", "env"],
  ["..", "file"],
  ["", "file"],
  ["a/b\\c.txt", "a_b_c.txt"],
  ["Bericht Ä 2.pdf", "Bericht_Ä_2.pdf"],
  ["x\u202egnp.exe", "x_gnp.exe"],
  ["-rf", "rf"],
  ["new\nline.txt", "new_line.txt"],
])("%j is stored as %s", (name, stored) => {
  expect(safeName(name, new Set())).toBe(stored);
});

test("two files of one name stand beside each other, however they are written", () => {
  const taken = new Set<string>();
  expect([safeName("a.png", taken), safeName("A.png", taken), safeName("a.png", taken)]).toEqual([
    "a.png",
    "A-2.png",
    "a-3.png",
  ]);
});

test("no name leaves its folder, hides, or is too long for a file system", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
      const stored = safeName(name, new Set());
      expect(stored).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u);
      expect(Buffer.byteLength(stored)).toBeLessThan(200);
    }),
  );
});
