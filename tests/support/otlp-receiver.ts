import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, string>>;
  /** 2 is an error. */
  readonly status: number;
}

/** Takes traces by OTLP over HTTP with protobuf, as a collector does; gone after the test. */
export async function otlpReceiver(): Promise<{ url: string; spans: ReceivedSpan[]; bytes: () => string }> {
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    bodies.push(body);
    if (request.url === "/v1/traces") spans.push(...readTraces(body));
    response.writeHead(request.url === "/v1/traces" ? 200 : 404, {
      "content-type": "application/x-protobuf",
    });
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, spans, bytes: () => Buffer.concat(bodies).toString("latin1") };
}

/** ExportTraceServiceRequest: resource_spans 1, in it scope_spans 2, in it spans 2. */
function readTraces(body: Buffer): ReceivedSpan[] {
  return inside(body, 1).flatMap((resource) =>
    inside(resource, 2).flatMap((scope) => inside(scope, 2).map(readSpan)),
  );
}

function readSpan(span: Buffer): ReceivedSpan {
  const fields = read(span);
  const bytes = (number: number) => fields.find((field) => field.number === number)?.bytes ?? Buffer.alloc(0);
  const [status] = inside(span, 15);
  return {
    traceId: bytes(1).toString("hex"),
    spanId: bytes(2).toString("hex"),
    parentId: bytes(4).toString("hex"),
    name: bytes(5).toString(),
    startNs: bytes(7).readBigUInt64LE(),
    endNs: bytes(8).readBigUInt64LE(),
    attributes: Object.fromEntries(
      inside(span, 9).map((attribute) => {
        const [key, value] = [inside(attribute, 1)[0], inside(attribute, 2)[0]];
        return [String(key), String(inside(value ?? Buffer.alloc(0), 1)[0] ?? "")];
      }),
    ),
    status: Number(status === undefined ? 0 : (read(status).find(({ number }) => number === 3)?.value ?? 0)),
  };
}

interface Field {
  readonly number: number;
  readonly value: bigint;
  readonly bytes: Buffer;
}

const inside = (message: Buffer, number: number): Buffer[] =>
  read(message)
    .filter((field) => field.number === number)
    .map(({ bytes }) => bytes);

/** The fields of a protobuf message: varints, fixed 64 and 32 bits, and what has a length. */
function read(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at] ?? 0;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    const value = wire === 0 ? varint() : 0n;
    const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : wire === 5 ? 4 : 0;
    fields.push({ number: tag >> 3, value, bytes: message.subarray(at, at + length) });
    at += length;
  }
  return fields;
}
