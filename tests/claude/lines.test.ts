import { expect, test } from "vitest";
import { ProtocolError, parseLine, parsePermissionRequest } from "../../src/claude/lines.ts";

test("a kind of line that nobody knew is passed over", () => {
  expect(parseLine('{"type":"invented_tomorrow","field":1}')).toEqual({ kind: "other" });
  expect(parseLine('{"type":"system","subtype":"invented_tomorrow"}')).toEqual({ kind: "other" });
  expect(parseLine('{"type":"toString"}')).toEqual({ kind: "other" });
});

test("what does not begin like a line of the protocol is noise", () => {
  expect(parseLine("npm notice: a new version")).toEqual({ kind: "noise" });
});

test("new fields of a known kind are passed over", () => {
  expect(parseLine('{"type":"command_lifecycle","command_uuid":"u","state":"started","new":{}}')).toEqual({
    kind: "command_lifecycle",
    line: { command_uuid: "u", state: "started" },
  });
});

test.for([
  '{"type":"result"',
  "{}",
  '{"type":7}',
  '{"type":"result","subtype":"success"}',
  '{"type":"result","subtype":"success","is_error":"no"}',
  '{"type":"assistant","message":{"content":[{"type":"text"}]}}',
  '{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"Bash","input":"ls"}]}}',
  '{"type":"control_request","request_id":"r"}',
  '{"type":"control_response","response":{"subtype":"maybe","request_id":"r"}}',
])("a known kind of a wrong shape is an error of the protocol: %s", (source) => {
  expect(() => parseLine(source)).toThrow(ProtocolError);
});

test("a permission request without a tool is an error of the protocol", () => {
  expect(() => parsePermissionRequest({ subtype: "can_use_tool", input: {} })).toThrow(/tool_name/);
});

test("a content block of a new type stands beside the known ones", () => {
  const source =
    '{"type":"assistant","message":{"content":[{"type":"hologram"},{"type":"text","text":"hi"}]}}';
  expect(parseLine(source)).toMatchObject({
    line: { message: { content: [{ type: "other" }, { type: "text", text: "hi" }] } },
  });
});
