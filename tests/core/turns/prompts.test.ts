import { expect, test } from "vitest";
import type { Project } from "../../../src/core/projects/project.ts";
import { answerWithoutAsking, type PermissionRequest } from "../../../src/core/turns/prompts.ts";

const bypassing = { permissionMode: "bypassPermissions" } as Project;
const request: PermissionRequest = {
  type: "permission_requested",
  requestId: "1",
  toolUseId: "t",
  toolName: "Bash",
  input: {},
  suggestions: [],
};

test("where permissions are bypassed people are asked only what Claude or a tool of ours wants to know", () => {
  expect(answerWithoutAsking(request, bypassing)).toEqual({ behavior: "allow" });
  expect(answerWithoutAsking({ ...request, toolName: "AskUserQuestion" }, bypassing)).toBeUndefined();
  expect(
    answerWithoutAsking({ ...request, toolName: "send_file", mustAsk: true }, bypassing),
  ).toBeUndefined();
  expect(answerWithoutAsking(request, { ...bypassing, permissionMode: "default" })).toBeUndefined();
});
