import { randomUUID } from "node:crypto";
import type { LineOf } from "./lines.ts";

/** Why a request of ours came to nothing: the CLI said no, said nothing in time, or is gone. */
export class ControlError extends Error {
  readonly reason: "refused" | "timed_out" | "gone";

  constructor(reason: ControlError["reason"], message: string) {
    super(message);
    this.name = "ControlError";
    this.reason = reason;
  }
}

/** Our requests to the CLI. Each is answered, refused or given up: none waits for ever. */
export interface Control {
  request(
    request: { readonly subtype: string; readonly [field: string]: unknown },
    timeoutMs: number,
  ): Promise<unknown>;
  answered(line: LineOf<"control_response">): void;
  /** The process is gone: nothing will be answered any more. */
  close(): void;
}

export function createControl(write: (line: unknown) => void): Control {
  const open = new Map<
    string,
    { resolve: (answer: unknown) => void; reject: (error: ControlError) => void }
  >();
  let isClosed = false;

  return {
    request(request, timeoutMs) {
      if (isClosed) return Promise.reject(new ControlError("gone", GONE));
      const requestId = randomUUID();
      return new Promise<unknown>((resolve, reject) => {
        const timer = setTimeout(() => {
          open.delete(requestId);
          reject(new ControlError("timed_out", `no answer to ${request.subtype} within ${timeoutMs} ms`));
        }, timeoutMs);
        open.set(requestId, {
          resolve: (answer) => {
            clearTimeout(timer);
            resolve(answer);
          },
          reject: (error) => {
            clearTimeout(timer);
            reject(error);
          },
        });
        write({ type: "control_request", request_id: requestId, request });
      });
    },
    answered({ response }) {
      const waiting = open.get(response.request_id);
      open.delete(response.request_id);
      if (response.subtype === "success") waiting?.resolve(response.response);
      else waiting?.reject(new ControlError("refused", response.error));
    },
    close() {
      isClosed = true;
      for (const waiting of open.values()) waiting.reject(new ControlError("gone", GONE));
      open.clear();
    },
  };
}

const GONE = "the agent is gone";
