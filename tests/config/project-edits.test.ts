import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { projectAdded, projectModelSet, projectRemoved } from "../../src/config/project-edits.ts";

const added = { name: "new", channel_id: "300000000000000003", project_dir: "/srv/new", model: "opus" };

const list = `# my bot
discord:
    token:   abc   # keep secret

projects:   # all of them
  # the first one
  - name: one
    channel_id: "100000000000000001"
    project_dir: /srv/one   # here
    system_prompt: |
      Be kind.

      model: not a key

  # the second one
  - &two
    name: two
    model: sonnet   # cheap
    channel_id: '200000000000000002'
    project_dir: /srv/two
# the end
logging: { level: debug }
`;

const map = `projects:
    one:
        channel_id: "100000000000000001"
        project_dir: /srv/one

    two: { channel_id: "200000000000000002", project_dir: /srv/two }   # short
`;

describe("adding a project", () => {
  test("puts it under the last one of a list and leaves every other byte alone", () => {
    const block = `
  - name: new
    channel_id: "300000000000000003"
    project_dir: /srv/new
    model: opus
`;
    expect(projectAdded(list, added)).toBe(list.replace("# the end\n", `${block}# the end\n`));
  });

  test("puts it under the last one of a map, with its name as the key", () => {
    expect(projectAdded(map, added)).toBe(`${map}
    new:
      channel_id: "300000000000000003"
      project_dir: /srv/new
      model: opus
`);
  });

  test.each([
    ["no projects key", "discord: {}\n", "discord: {}\nprojects:\n"],
    ["an empty file", "", "projects:\n"],
    ["a last line without its end", "restart: ask", "restart: ask\nprojects:\n"],
    [
      "an empty list and a comment",
      "projects: [] # none\nrestart: ask\n",
      "projects: # none\n|restart: ask\n",
    ],
    ["a key without a value", "projects:\n# later\nrestart: ask\n", "projects:\n|# later\nrestart: ask\n"],
  ])("works with %s", (_, text, expected) => {
    const block =
      '  - name: new\n    channel_id: "300000000000000003"\n    project_dir: /srv/new\n    model: opus\n';
    const [before, after = ""] = expected.split("|");
    expect(projectAdded(text, added)).toBe(`${before}${block}${after}`);
  });

  test("keeps a flow list a flow list", () => {
    const text = 'projects: [{ name: one, channel_id: "1" }] # short\n';
    expect(projectAdded(text, { name: "b", channel_id: "2", project_dir: "/b" })).toBe(
      'projects: [{ name: one, channel_id: "1" }, {"name":"b","channel_id":"2","project_dir":"/b"}] # short\n',
    );
  });

  test("keeps the line ends of Windows", () => {
    const text = "projects:\r\n  - name: one\r\n    project_dir: /one\r\nrestart: ask\r\n";
    const result = projectAdded(text, { name: "b", channel_id: "2", project_dir: "/b" });
    expect(result).toBe(
      'projects:\r\n  - name: one\r\n    project_dir: /one\r\n  - name: b\r\n    channel_id: "2"\r\n    project_dir: /b\r\nrestart: ask\r\n',
    );
  });
});

describe("removing a project", () => {
  test("removes its lines and nothing else", () => {
    const lines = list.split("\n");
    const from = lines.indexOf("  - &two");
    const expected = [...lines.slice(0, from), ...lines.slice(from + 5)].join("\n");
    expect(projectRemoved(list, "two")).toBe(expected);
  });

  test("leaves an empty list when it was the only one", () => {
    expect(projectRemoved("projects: # mine\n  - name: one\nrestart: ask\n", "one")).toBe(
      "projects: [] # mine\nrestart: ask\n",
    );
  });

  test("finds it by its key in a map", () => {
    expect(projectRemoved(map, "one")).toBe(`projects:
    two: { channel_id: "200000000000000002", project_dir: /srv/two }   # short
`);
  });

  test("refuses when another project uses its anchor", () => {
    const text =
      "projects:\n  - name: one\n    allowed_tools: &tools [Read]\n  - name: two\n    allowed_tools: *tools\n";
    expect(() => projectRemoved(text, "one")).toThrow("change it by hand");
  });

  test("says so when there is none of that name", () => {
    expect(() => projectRemoved(list, "three")).toThrow(
      "There is no project called three in the configuration.",
    );
  });
});

describe("setting a model", () => {
  test("replaces the value and keeps the comment behind it", () => {
    expect(projectModelSet(list, "two", "opus")).toBe(
      list.replace("model: sonnet   # cheap", "model: opus   # cheap"),
    );
  });

  test("writes a new line next to the folder", () => {
    expect(projectModelSet(list, "one", "claude-opus-4")).toBe(
      list.replace("# here\n", "# here\n    model: claude-opus-4\n"),
    );
  });

  test("writes into a flow map", () => {
    expect(projectModelSet(map, "two", "opus")).toBe(map.replace("/srv/two }", "/srv/two, model: opus }"));
  });

  test("fills a key that has no value", () => {
    expect(projectModelSet("projects:\n  - name: a\n    model: # later\n", "a", "opus")).toBe(
      "projects:\n  - name: a\n    model: opus # later\n",
    );
  });

  test("takes the line away again", () => {
    expect(projectModelSet(list, "two", undefined)).toBe(list.replace("    model: sonnet   # cheap\n", ""));
  });

  test("replaces an alias in this project only", () => {
    const text = "projects:\n  - name: a\n    model: &m opus\n  - name: b\n    model: *m\n";
    expect(projectModelSet(text, "b", "haiku")).toBe(text.replace("*m", "haiku"));
  });

  test("does not change other projects that share the value", () => {
    const text = "projects:\n  - name: a\n    model: &m opus\n  - name: b\n    model: *m\n";
    expect(() => projectModelSet(text, "a", "haiku")).toThrow("change it by hand");
  });

  test("leaves the text as it is when nothing changes", () => {
    expect(projectModelSet(list, "two", "sonnet")).toBe(list);
  });
});

describe("any file", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
  const prompt = fc.constantFrom(
    '"a: b"',
    "|\n  one\n\n  two\n",
    ">-\n  folded\n  text",
    "'#no'",
    "plain words",
  );
  const project = fc.record({
    name: word,
    model: fc.option(word),
    prompt,
    blank: fc.boolean(),
    note: fc.option(word),
  });
  const file = fc.record({
    projects: fc.uniqueArray(project, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
    asMap: fc.boolean(),
    step: fc.integer({ min: 2, max: 6 }),
    tail: fc.constantFrom("", "restart: ask\n", "\n# end\n", "logging:\n   level: debug   # x\n"),
  });

  type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

  function write({ projects, asMap, step, tail }: File): string {
    const outer = " ".repeat(step);
    const blocks = projects.map(({ name, model, prompt, blank, note }) => {
      const inner = asMap ? outer + outer : `${outer}  `;
      const keys = [
        ...(asMap ? [] : [`name: ${name}`]),
        `project_dir: /srv/${name}${note ? `   # ${note}` : ""}`,
        ...(model ? [`model:   ${model}`] : []),
        `system_prompt: ${prompt
          .trimEnd()
          .replaceAll("\n", `\n${inner}`)
          .replaceAll(/\n +\n/g, "\n\n")}`,
      ];
      const body = keys.join(`\n${inner}`);
      return `${blank ? "\n" : ""}${note ? `${outer}# ${note}\n` : ""}${outer}${asMap ? `${name}:\n${inner}` : "- "}${body}\n`;
    });
    return `# top\nprojects:   # here\n${blocks.join("")}${tail}`;
  }

  /** Whether the lines of `part` are lines of `whole`, in this order. */
  function isWithin(part: string, whole: string): boolean {
    const lines = whole.split("\n");
    let at = 0;
    for (const line of part.split("\n")) {
      at = lines.indexOf(line, at) + 1;
      if (at === 0) return false;
    }
    return true;
  }

  test("keeps every line when a project is added", () => {
    fc.assert(
      fc.property(file, (given) => {
        const text = write(given);
        expect(isWithin(text, projectAdded(text, { ...added, name: "new-one" }))).toBe(true);
      }),
    );
  });

  test("is the same again when the added project is removed", () => {
    fc.assert(
      fc.property(file, (given) => {
        const text = write(given);
        const again = projectRemoved(projectAdded(text, { ...added, name: "new-one" }), "new-one");
        expect(parse(again)).toEqual(parse(text));
        expect(again.replaceAll("\n\n", "\n")).toBe(text.replaceAll("\n\n", "\n"));
      }),
    );
  });

  test("keeps every line but the project's own when it is removed", () => {
    fc.assert(
      fc.property(file, fc.nat(), (given, pick) => {
        const text = write(given);
        const { name } = given.projects[pick % given.projects.length]!;
        const result = projectRemoved(text, name);
        expect(isWithin(result.replace(/: (\[\]|\{\})/, ":"), text)).toBe(true);
        const comments = (of: string) => of.split("\n").filter((line) => /^ *#/.test(line));
        expect(comments(result)).toEqual(comments(text));
      }),
    );
  });

  test("changes one line when a model is set", () => {
    fc.assert(
      fc.property(file, fc.nat(), word, (given, pick, model) => {
        const text = write(given);
        const { name, model: old } = given.projects[pick % given.projects.length]!;
        const before = text.split("\n");
        const after = projectModelSet(text, name, `x${model}`).split("\n");
        const changed = after.filter((line) => line.includes(`: x${model}`) || line.endsWith(` x${model}`));
        expect(changed.length).toBeGreaterThanOrEqual(1);
        expect(after.length).toBe(before.length + (old ? 0 : 1));
        const index = after.findIndex((line, at) => line !== before[at]);
        expect(after.toSpliced(index, 1)).toEqual(old ? before.toSpliced(index, 1) : before);
      }),
    );
  });
});
