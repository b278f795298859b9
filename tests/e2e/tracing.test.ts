import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask } from "../support/answers.ts";
import { oneChannel } from "../support/one-channel.ts";
import { otlpReceiver } from "../support/otlp-receiver.ts";

test("without an endpoint the bot loads nothing of OpenTelemetry's SDK; with one it sends the trace of a turn", async () => {
  const { channel, ann, fixture } = await oneChannel();
  const loadedWith = async (env: Record<string, string>) => {
    const list = join(fixture.home, "loaded.txt");
    const hook = join(fixture.home, "hook.mjs");
    writeFileSync(hook, NOTE_EACH_MODULE);
    writeFileSync(list, "");
    const daemon = await fixture.start({ ...env, NODE_OPTIONS: `--import ${hook}`, LOADED: list });
    await ask(ann, channel, "Say hello.");
    expect(await daemon.stop()).toBe(0);
    const urls = readFileSync(list, "utf8").split("\n");
    const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
    // The API alone does nothing: prom-client has it.
    return [...new Set(packages)].filter((name) => name !== "@opentelemetry/api");
  };

  const without = await loadedWith({});
  expect(without).toContain("discord.js");
  expect(without.filter((name) => name.startsWith("@opentelemetry/"))).toEqual([]);

  const receiver = await otlpReceiver();
  const withIt = await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  expect(withIt).toContain("@opentelemetry/sdk-trace");
  expect(receiver.spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["turn", "agent", "message"]),
  );
});

/** Imported and required modules alike. */
const NOTE_EACH_MODULE = `
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.LOADED, url + "\\n");
    return next(url, context);
  },
});
`;
