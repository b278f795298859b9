import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addProject, removeProject, setProjectModel } from "../../src/config/edit.ts";
import { tempDir } from "./temp-dir.ts";

function setUp(
  text = '# mine\nprojects:\n  - name: one\n    channel_id: "123456789012345678"\n    project_dir: DIR # here\n',
) {
  const dir = tempDir();
  const path = join(dir, "config.yaml");
  writeFileSync(path, text.replaceAll("DIR", dir), { mode: 0o600 });
  return { dir, path, options: { path, env: {} }, read: () => readFileSync(path, "utf8") };
}

const channel = (last: number) => `22345678901234567${last}`;

test("a project is added, given a model and removed again, and the file is the same", async () => {
  const { dir, options, read } = setUp();
  const before = read();
  const { config } = await addProject(options, { name: "two", channel_id: channel(0), project_dir: dir });
  expect(config.projects.map(({ name }) => name)).toEqual(["one", "two"]);
  expect((await setProjectModel(options, "two", "opus")).config.projects[1]?.model).toBe("opus");
  expect(read()).toContain("    model: opus\n");
  await removeProject(options, "two");
  expect(read()).toBe(before);
});

test("a change that would make the file invalid leaves it as it was and says why", async () => {
  const { dir, options, read } = setUp();
  const before = read();
  const twice = addProject(options, { name: "two", channel_id: "123456789012345678", project_dir: dir });
  await expect(twice).rejects.toMatchObject({
    code: "config_invalid",
    message: expect.stringMatching(
      /^The file was left as it is.*123456789012345678 is already used for one in line 4/s,
    ),
  });
  await expect(setProjectModel(options, "one", "")).rejects.toMatchObject({ code: "config_invalid" });
  await expect(removeProject(options, "three")).rejects.toMatchObject({ code: "project_unknown" });
  expect(read()).toBe(before);
  expect(readdirSync(dir)).toEqual(["config.yaml"]);
});

test("a file that is invalid already is not touched", async () => {
  const { options, read } = setUp("nonsense: 1\n");
  await expect(removeProject(options, "one")).rejects.toThrow("nonsense: unknown key");
  expect(read()).toBe("nonsense: 1\n");
});

test("mode and owner stay", async () => {
  const { path, options } = setUp();
  chmodSync(path, 0o640);
  // Only root can give a file away; others keep their own.
  if (process.getuid?.() === 0) chownSync(path, 12_345, 12_346);
  const { uid, gid } = statSync(path);
  await setProjectModel(options, "one", "opus");
  expect(statSync(path)).toMatchObject({ mode: 0o100640, uid, gid });
});

test("a link to the file stays a link", async () => {
  const { dir, path, read } = setUp();
  const link = join(dir, "link.yaml");
  symlinkSync(path, link);
  await setProjectModel({ path: link, env: {} }, "one", "opus");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(read()).toContain("model: opus");
});

test("many edits at once all get in", async () => {
  const { dir, options } = setUp();
  const digits = [0, 1, 2, 3, 4, 5, 6, 7];
  await Promise.all(
    digits.map((n) => addProject(options, { name: `p${n}`, channel_id: channel(n), project_dir: dir })),
  );
  const { config } = await setProjectModel(options, "one", "haiku");
  expect(config.projects.map(({ name }) => name).toSorted()).toEqual(["one", ...digits.map((n) => `p${n}`)]);
  expect(readdirSync(dir)).toEqual(["config.yaml"]);
});
