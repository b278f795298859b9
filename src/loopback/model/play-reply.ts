import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { messageEvents, type StreamEvent, wholeMessage } from "./message-events.ts";
import type { FailReply, MessageReply, Reply } from "./reply.ts";

/** Answers one request with a reply; settles when the answer is written, broken off as asked, or `signal` aborts. */
export async function playReply(
  reply: Reply,
  response: ServerResponse,
  options: { readonly model: string; readonly stream: boolean; readonly signal: AbortSignal },
): Promise<void> {
  if (reply.kind === "hang") return;
  if (reply.kind === "reset") {
    response.destroy();
    return;
  }
  if (reply.kind === "fail") return writeFailure(reply, response);
  if (options.stream) return writeStream(reply, response, options);
  response.writeHead(200, { "content-type": "application/json", ...requestId(), ...reply.headers });
  response.end(JSON.stringify(wholeMessage(reply, options.model)));
}

function writeFailure(reply: FailReply, response: ServerResponse): void {
  const error = { type: reply.errorType, message: reply.message };
  response.writeHead(reply.status, { "content-type": "application/json", ...requestId(), ...reply.headers });
  response.end(JSON.stringify({ type: "error", error }));
}

async function writeStream(
  reply: MessageReply,
  response: ServerResponse,
  { model, signal }: { readonly model: string; readonly signal: AbortSignal },
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", ...requestId(), ...reply.headers });
  let deltasLeft = reply.fault?.afterDeltas ?? Number.POSITIVE_INFINITY;
  for (const event of messageEvents(reply, model)) {
    if (event.type === "content_block_delta") {
      if (deltasLeft <= 0) break;
      deltasLeft -= 1;
      if (reply.delayMs !== undefined) await pause(reply.delayMs, undefined, { signal });
    } else if (reply.fault !== undefined && event.type === "message_delta") break;
    await write(response, event);
  }
  if (reply.fault === undefined) response.end();
  else if (reply.fault.type === "cut") {
    // A client that finds the end together with the deltas may drop them: it is given time to read them first.
    await (reply.fault.when ?? pause(CUT_DELAY_MS, undefined, { signal }));
    response.socket?.destroySoon();
  } else if (reply.fault.type === "error_event") {
    await write(response, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } });
    response.end();
  }
}

/** Waits until the event has left this process, so that a cut afterwards cannot take it back. */
function write(response: ServerResponse, event: StreamEvent): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

function requestId(): Record<string, string> {
  return { "request-id": `req_${Date.now().toString(36)}` };
}

const CUT_DELAY_MS = 250;
