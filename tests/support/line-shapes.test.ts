import { expect, test } from "vitest";
import { anonymousLines } from "./anonymous-lines.ts";
import { lineShapes, shapeChanges } from "./line-shapes.ts";

const result = { type: "result", is_error: false, modelUsage: { "model-a": { costUSD: 1 } }, errors: ["x"] };

test("a shape names each path with its types, and no values", () => {
  const shapes = lineShapes([
    result,
    { ...result, is_error: null, modelUsage: { "model-b": { costUSD: 2 } } },
  ]);
  expect(shapes).toEqual({
    result: {
      type: "string",
      is_error: "boolean | null",
      errors: "array",
      "errors[]": "string",
      modelUsage: "object",
      "modelUsage.*": "object",
      "modelUsage.*.costUSD": "number",
    },
  });
});

test("the same lines with other values are no change", () => {
  const other = { ...result, is_error: true, modelUsage: { "model-z": { costUSD: 9 } } };
  expect(shapeChanges(lineShapes([result]), lineShapes([other]))).toEqual([]);
});

test("a changed type, a new path, a lost path and a new kind are each told", () => {
  const { errors: _, ...withoutErrors } = result;
  const now = [
    { ...withoutErrors, is_error: "no", extra: 1 },
    { type: "system", subtype: "news" },
  ];
  expect(shapeChanges(lineShapes([result]), lineShapes(now))).toEqual([
    "result: errors was array, is absent",
    "result: errors[] was string, is absent",
    "result: extra was absent, is number",
    "result: is_error was boolean, is string",
    "new kind of line: system/news",
  ]);
});

test("placeholders are the same for the same id, and name no directory of the run", () => {
  const id = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
  const places = { home: "/tmp/x/home", projectDir: "/tmp/x/project" };
  expect(anonymousLines([`${id} /tmp/x/project/a msg_0123456789ab`, `${id} -tmp-x-project`], places)).toEqual(
    [
      "00000000-0000-4000-8000-000000000001 /home/person/project/a msg_1",
      "00000000-0000-4000-8000-000000000001 -home-person-project",
    ],
  );
});
