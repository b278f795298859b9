import { expect, test } from "vitest";
import { rawClaudeBench } from "../support/raw-claude.ts";
import { fake } from "./scenarios.ts";

test("a turn that takes more steps than it may ends as error_max_turns, and the process goes on", async () => {
  const bench = await rawClaudeBench();
  const claude = bench.start({ arguments: ["--max-turns", "1", "--allowedTools=Bash"] });
  const step = { tool: "Bash", input: { command: "echo one" } };
  const { result } = await claude.ask(fake(step, step, "never said"));
  expect(result).toMatchObject({ subtype: "error_max_turns", is_error: true });
  const next = await claude.ask(fake("still here"));
  expect(next.result).toMatchObject({ subtype: "success", result: "still here" });
});

test("a spending limit that is reached ends the turn as error_max_budget_usd", async () => {
  const bench = await rawClaudeBench();
  const claude = bench.start({ arguments: ["--max-budget-usd", "0.0000001", "--allowedTools=Bash"] });
  const step = { tool: "Bash", input: { command: "echo one" } };
  const { result } = await claude.ask(fake(step, "and so on"));
  expect(result).toMatchObject({ subtype: "error_max_budget_usd", is_error: true });
});
