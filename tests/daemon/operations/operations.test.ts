import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { parsePrometheusText } from "../../support/prometheus-text.ts";
import { type WholeDaemonOptions, wholeDaemon } from "../../support/whole-daemon.ts";

async function served(options: { health?: object; config?: WholeDaemonOptions["config"] } = {}) {
  const port = await freePort();
  const world = await wholeDaemon({
    config: (discord) => ({
      health: { listen: `127.0.0.1:${port}`, ...options.health },
      ...(typeof options.config === "function" ? options.config(discord) : options.config),
    }),
  });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const ask = (text: string) => world.ann.says(world.web, text, { mention: true });
  const sample = async (name: string, labels: Record<string, string> = {}) =>
    parsePrometheusText((await get("/metrics")).text).find(
      (each) =>
        each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
    )?.value;
  return { ...world, port, get, ask, sample };
}

test("metrics count turns by project and end, and tell latency, agents, queue, gateway, event loop and memory", async () => {
  const { start, ask, until, get, sample } = await served();
  await start();
  await ask("m1 lines=2 pace=5");
  await until((contents) => contents.join().includes("m1 line 2 of 2"));
  await ask("m2 [refuses]");
  await until((contents) => contents.join().includes("Error id"));
  await expect.poll(() => sample("claude_coord_turns_total", { end: "failed" })).toBe(1);

  const { text, headers } = await get("/metrics");
  expect(headers.get("content-type")).toContain("text/plain; version=0.0.4");
  parsePrometheusText(text);
  expect(await sample("claude_coord_turns_total", { project: "web", end: "answered" })).toBe(1);
  expect(await sample("claude_coord_turn_failures_total", { code: "api_error" })).toBe(1);
  expect(await sample("claude_coord_turn_first_text_seconds_count")).toBe(1);
  expect(await sample("claude_coord_turn_seconds_count")).toBe(2);
  expect(await sample("claude_coord_agents", { state: "warm" })).toBe(1);
  expect(await sample("claude_coord_agents", { state: "busy" })).toBe(0);
  expect(await sample("claude_coord_queue_depth")).toBe(0);
  expect(await sample("claude_coord_gateway_ready")).toBe(1);
  expect(await sample("claude_coord_health", { check: "database" })).toBe(1);
  expect(await sample("process_resident_memory_bytes")).toBeGreaterThan(10 ** 7);
  expect(await sample("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThanOrEqual(0);
});

const NO_PROMTOOL =
  spawnSync("promtool", ["--version"]).error && "needs promtool (Debian: apt install prometheus)";

test("promtool finds nothing wrong with the metrics", async ({ skip }) => {
  skip(NO_PROMTOOL !== undefined, NO_PROMTOOL);
  const { start, ask, until, get } = await served();
  await start();
  await ask("m1");
  await until((contents) => contents.join().includes("m1 line 1 of 1"));
  const { text } = await get("/metrics");
  const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
  const ours = checked.stderr.split("\n").filter((line) => line.startsWith("claude_coord"));
  expect({ status: checked.status === 0 || ours.length === 0, ours }).toEqual({ status: true, ours: [] });
});

test("a cut connection shows in readyz, not at once in healthz, and is counted when it is back", async () => {
  const { start, discord, get, sample } = await served();
  await start();
  expect((await get("/readyz")).status).toBe(200);
  expect(JSON.parse((await get("/healthz")).text)).toMatchObject({
    status: "ok",
    checks: { gateway: { status: "ok" }, database: { status: "ok" }, disk: {}, claude_login: {} },
  });
  discord.faults.dropSockets();
  await expect.poll(async () => (await get("/readyz")).status).toBe(503);
  expect((await get("/healthz")).status).toBe(200);
  await expect.poll(async () => (await get("/readyz")).status, { timeout: 15_000 }).toBe(200);
  expect(await sample("claude_coord_gateway_reconnects_total")).toBe(1);
});

test("a port in use keeps the bot from starting, and the message says what to do", async () => {
  const { start, port } = await served();
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  await expect(start()).rejects.toMatchObject({
    code: "port_in_use",
    message: expect.stringMatching(new RegExp(`already listens on 127.0.0.1:${port}.*ss -ltnp`)),
  });
});

test("without a token only requests that name this machine are answered, so that no page elsewhere can read it", async () => {
  const { start, get, port } = await served();
  await start();
  // fetch does not let the Host header be set.
  const status = (host: string, path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { host: "127.0.0.1", port, path, headers: { host } };
      const asked = request(options, (response) => {
        resolve(response.statusCode);
        response.destroy();
      });
      asked.on("error", reject);
      asked.end();
    });
  for (const path of ["/", "/live", "/metrics", "/healthz", "/readyz"]) {
    expect(await status("rebound.example", path)).toBe(421);
    expect(await status(`127.0.0.1.rebound.example:${port}`, path)).toBe(421);
  }
  expect(await status(`localhost:${port}`, "/")).toBe(200);
  expect(await status("[::1]:1", "/")).toBe(200);
  const { headers } = await get("/");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(headers.get("cache-control")).toBe("no-store");
});

test("with a token it is needed for all but the bare answer to a probe", async () => {
  const token = "a-token-of-24-characters";
  const { start, get } = await served({ health: { token } });
  await start();
  const basic = (password: string) => `Basic ${Buffer.from(`anybody:${password}`).toString("base64")}`;
  for (const path of ["/", "/live", "/metrics", "/page.js"]) {
    expect((await get(path)).status).toBe(401);
    expect((await get(path, { authorization: "Bearer wrong-token-of-24-chars" })).status).toBe(401);
    expect((await get(path, { authorization: basic("wrong") })).status).toBe(401);
  }
  expect((await get("/")).headers.get("www-authenticate")).toContain("Basic");
  expect((await get("/", { authorization: basic(token) })).status).toBe(200);
  expect((await get("/metrics", { authorization: `Bearer ${token}` })).status).toBe(200);
  expect(JSON.parse((await get("/healthz")).text)).toEqual({ status: "ok" });
  expect((await get("/healthz", { authorization: "Bearer wrong-token-of-24-chars" })).status).toBe(401);
  expect(JSON.parse((await get("/healthz", { authorization: `Bearer ${token}` })).text)).toHaveProperty(
    "checks",
  );
});
