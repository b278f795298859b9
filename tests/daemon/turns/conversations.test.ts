import { expect, test } from "vitest";
import { agentsWorld } from "../../support/agents-world.ts";

test("what is accepted while the daemon stops, where nobody spoke before, is left to the next start", async () => {
  const world = agentsWorld({ maxAgents: 1 });
  await world.stop();
  world.ask("1000", "m1 lines=1");
  await world.idle();
  expect([...world.ends.values()]).toEqual([]);
  expect(world.processes()).toEqual([]);
});
