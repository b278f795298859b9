import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createBot } from "../support/bot.ts";
import { median } from "../support/median.ts";
import { LIGHT_CLAUDE, rssMbOf } from "../support/processes.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";

export const suite: Suite = {
  title: "OpenTelemetry, off and on",
  about:
    "The daemon's start to READY, and its memory then; in turns without OpenTelemetry's variables and with an endpoint " +
    "on this machine. Medians.",
  run: async () => {
    const collector = createServer((request, response) => request.resume().on("end", () => response.end()));
    await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
    const { port } = collector.address() as AddressInfo;
    const cases = [
      { name: "off", env: {}, ready: [] as number[], rss: [] as number[] },
      {
        name: "on",
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
        ready: [] as number[],
        rss: [] as number[],
      },
    ];
    for (let round = -1; round < rounds(10); round += 1) {
      for (const { env, ready, rss } of cases) {
        const bot = await createBot({
          channels: 10,
          command: LIGHT_CLAUDE,
          env: { ANTHROPIC_API_KEY: "made-up" },
        });
        const { pid, readyMs, stop } = await bot.start(env);
        // The first round fills the kernel's cache.
        if (round >= 0) {
          ready.push(readyMs);
          rss.push(rssMbOf(pid));
        }
        await stop();
        await bot.close();
      }
    }
    collector.close();
    const rows = cases.map(({ name, ready, rss }) => ({ name, readyMs: median(ready), rssMb: median(rss) }));
    const ratio = (key: "readyMs" | "rssMb") =>
      rounded((rows[0]?.[key] ?? Number.NaN) / (rows[1]?.[key] ?? Number.NaN));
    return {
      columns: ["traces", "to READY, ms", "RSS, MB"],
      rows: rows.map(({ name, readyMs, rssMb }) => [name, rounded(readyMs), rounded(rssMb)]),
      ratios: {
        "start, off / on": { value: ratio("readyMs"), better: "lower", goal: 1, noise: 0.25 },
        "RSS, off / on": { value: ratio("rssMb"), better: "lower", goal: 1, noise: 0.1 },
      },
    };
  },
};
