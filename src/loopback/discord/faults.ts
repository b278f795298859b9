/** What goes wrong with a request on demand. Paths are without `/api/v10`: `/channels/1/messages`. */
export interface Fault {
  /** Default: any. */
  readonly method?: string;
  /** Default: any. */
  readonly path?: RegExp;
  /**
   * An HTTP status; `hang`: no answer ever comes; `drop`: the connection breaks without an answer; `slow`: all is
   * well, but the answer waits for `delayMs`.
   */
  readonly status: number | "hang" | "drop" | "slow";
  /** With `slow`. Default 1000. */
  readonly delayMs?: number;
  /** How many requests it hits; default 1. */
  readonly times?: number;
  /** With 429: what Discord asks to wait. Default 1000. */
  readonly retryAfterMs?: number;
  /** With 429: the whole bot is limited, not only the route. */
  readonly global?: boolean;
  /** With a status below 300: the JSON that stands in place of Discord's own answer. */
  readonly body?: unknown;
  /** The request is carried out first, and only its answer is lost, or, with `slow`, late. */
  readonly afterTakingEffect?: boolean;
}

/** The faults that wait for a request to hit. */
export interface FaultList {
  readonly failNext: (fault: Fault) => void;
  /** The fault that hits this request, used up by one; undefined if all is well. */
  readonly take: (method: string, path: string) => Fault | undefined;
  readonly clear: () => void;
}

/** An empty list; faults that match the same request hit in the order in which they were given. */
export function createFaultList(): FaultList {
  let waiting: { fault: Fault; left: number }[] = [];
  return {
    failNext: (fault) => {
      waiting.push({ fault, left: fault.times ?? 1 });
    },
    take: (method, path) => {
      const hit = waiting.find(
        ({ fault }) => (fault.method ?? method) === method && (fault.path ?? /^/).test(path),
      );
      if (hit === undefined) return undefined;
      hit.left -= 1;
      waiting = waiting.filter(({ left }) => left > 0);
      return hit.fault;
    },
    clear: () => {
      waiting = [];
    },
  };
}

/** The answer that a fault with a status gives. */
export function faultResponse(fault: Fault & { status: number }): Response {
  if (fault.status < 300) return Response.json(fault.body, { status: fault.status });
  if (fault.status !== 429) {
    const text = `${fault.status}: Fault`;
    // What stands before Discord answers in plain text, only Discord itself in JSON.
    return fault.status > 500
      ? new Response("upstream connect error", {
          status: fault.status,
          headers: { "Content-Type": "text/plain" },
        })
      : Response.json({ message: text, code: 0 }, { status: fault.status });
  }
  const seconds = (fault.retryAfterMs ?? 1000) / 1000;
  const global = fault.global ?? false;
  return Response.json(
    { message: "You are being rate limited.", retry_after: seconds, global },
    {
      status: 429,
      headers: {
        "Retry-After": String(Math.ceil(seconds)),
        "X-RateLimit-Reset-After": String(seconds),
        "X-RateLimit-Scope": global ? "global" : "user",
        ...(global
          ? { "X-RateLimit-Global": "true" }
          : { "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Bucket": "fault" }),
      },
    },
  );
}
