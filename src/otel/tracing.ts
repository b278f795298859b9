import type { CoordEvent } from "../core/operations/events.ts";
import { createTurnSpans } from "./turn-spans.ts";

export interface Tracing {
  hear(event: CoordEvent): void;
  /** Looks over what is written of a turn, for the spans of its acceptance and of its messages. */
  watchStore<T extends object>(name: string, store: T): T;
  /** Sends what is still to be sent, for a few seconds at most. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

/**
 * Traces of turns, sent by OTLP to where OpenTelemetry's own variables say; undefined where they say nothing, and
 * then nothing of OpenTelemetry is loaded.
 */
export async function openTracing({ env, version, log }: TracingOptions): Promise<Tracing | undefined> {
  const url = tracesUrl(env);
  if (url === undefined || env.OTEL_SDK_DISABLED?.toLowerCase() === "true") return undefined;
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL ?? PROTOCOL;
  if (protocol !== PROTOCOL) {
    log.warn("traces are not sent: only this OTLP protocol is spoken", {
      protocol: PROTOCOL,
      asked: protocol,
    });
    return undefined;
  }
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import("@opentelemetry/sdk-trace"),
      import("@opentelemetry/exporter-trace-otlp-proto"),
      import("@opentelemetry/resources"),
    ]);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": env.OTEL_SERVICE_NAME ?? "claude-coord",
      "service.version": version,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  });
  log.info("traces of turns are sent", { url: new URL(url).origin });
  const spans = await createTurnSpans(provider.getTracer("claude-coord", version));
  return {
    ...spans,
    stop: async () => {
      spans.endAll();
      await Promise.race([
        provider.shutdown().catch((error: unknown) => log.warn("traces could not be sent", { error })),
        new Promise((resolve) => setTimeout(resolve, LAST_MOMENTS_MS).unref()),
      ]);
    },
  };
}

const PROTOCOL = "http/protobuf";
const LAST_MOMENTS_MS = 3_000;

function tracesUrl(env: TracingOptions["env"]): string | undefined {
  if (env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return base ? `${base.replace(/\/+$/, "")}/v1/traces` : undefined;
}
