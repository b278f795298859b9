import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openTracing } from "../../src/otel/tracing.ts";
import { otlpReceiver } from "../support/otlp-receiver.ts";
import { wholeDaemon } from "../support/whole-daemon.ts";

test("a turn is a trace: gateway, ledger, queue, agent, deliveries and each message, without what was written", async () => {
  const receiver = await otlpReceiver();
  const { ann, web, start, stop, until, lines } = await wholeDaemon({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  });
  const daemon = await start();
  await ann.says(web, "m1 lines=2 pace=5 quetzal", { mention: true });
  await until((contents) => contents.join().includes("m1 line 2 of 2"));
  const agents = readdirSync("/proc").filter((pid) => {
    try {
      return /stand-in-claude/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    } catch {
      return false;
    }
  });
  expect(agents.length).toBeGreaterThan(0);
  for (const pid of agents) expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("OTEL_");
  await ann.says(web, "m2 [refuses]", { mention: true });
  await until((contents) => contents.join().includes("Error id"));
  await expect.poll(() => lines.filter(({ message }) => message === "a turn has ended").length).toBe(2);
  await stop(daemon);

  const { spans } = receiver;
  const roots = spans.filter(({ name }) => name === "turn");
  expect(roots.map(({ status, attributes }) => [status, attributes["claude_coord.outcome"]])).toEqual([
    [0, "answered"],
    [2, "failed"],
  ]);
  for (const root of roots) {
    const own = spans.filter(({ traceId, spanId }) => traceId === root.traceId && spanId !== root.spanId);
    expect(new Set(own.map(({ name }) => name))).toEqual(
      new Set(["gateway", "ledger", "queue", "agent", "deliveries", "message"]),
    );
    for (const { parentId, startNs, endNs } of own) {
      expect(parentId).toBe(root.spanId);
      expect(startNs >= root.startNs && endNs >= startNs).toBe(true);
    }
    expect(root.attributes).toMatchObject({ "claude_coord.project": "web" });
  }
  expect(receiver.bytes()).not.toContain("quetzal");
  expect(receiver.bytes()).not.toContain("m1 line");
});

test("where OpenTelemetry's variables say nothing, or that it is off, or ask for gRPC, nothing is traced", async () => {
  const warned: string[] = [];
  const log = { info: () => {}, warn: (message: string) => void warned.push(message) };
  const open = (env: Record<string, string>) => openTracing({ env, version: "1.0.0", log });
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" };
  expect(await open({})).toBeUndefined();
  expect(await open({ ...endpoint, OTEL_SDK_DISABLED: "true" })).toBeUndefined();
  expect(warned).toEqual([]);
  expect(await open({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toBeUndefined();
  expect(warned).toHaveLength(1);
});
