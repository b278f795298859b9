import { createHash } from "node:crypto";

/** Where a request stands in its bucket after it was counted. */
export interface RateLimitVerdict {
  readonly exceeded: boolean;
  readonly headers: Record<string, string>;
  readonly retryAfterMs: number;
  readonly global: boolean;
}

/** The buckets of all routes. */
export interface RateLimits {
  /** Counts a request. Undefined: no limit is known. */
  readonly count: (request: CountedRequest) => RateLimitVerdict | undefined;
}

/** What of a request decides its bucket. */
export interface CountedRequest {
  readonly method: string;
  readonly route: string;
  /** The channel, webhook or guild of its path. */
  readonly majorId: string;
  readonly body: unknown;
}

/** Counts requests in buckets as Discord is known to; the numbers are not promised by it, only usual. */
export function createRateLimits(now: () => number): RateLimits {
  const windows = new Map<string, { resetAtMs: number; used: number }>();
  const use = (key: string, bucket: Bucket) => {
    const present = windows.get(key);
    const open = present !== undefined && present.resetAtMs > now();
    const window = open ? present : { resetAtMs: now() + bucket.windowMs, used: 0 };
    windows.set(key, window);
    window.used += 1;
    return {
      ...window,
      exceeded: window.used > bucket.limit,
      remaining: Math.max(0, bucket.limit - window.used),
    };
  };
  return {
    count: ({ method, route, majorId, body }) => {
      // Answers to interactions do not count against the global limit.
      if (!route.startsWith("/interactions/") && !route.startsWith("/webhooks/:webhookId/:webhookToken")) {
        const all = use("global", GLOBAL);
        if (all.exceeded) {
          const retryAfterMs = all.resetAtMs - now();
          return {
            exceeded: true,
            retryAfterMs,
            global: true,
            headers: {
              "X-RateLimit-Global": "true",
              "X-RateLimit-Scope": "global",
              ...retryAfter(retryAfterMs),
            },
          };
        }
      }
      if (method === "PATCH" && route === "/channels/:channelId" && renames(body)) {
        const window = use(`rename ${majorId}`, RENAME);
        const leftMs = window.resetAtMs - now();
        const headers = { "X-RateLimit-Scope": "shared", ...retryAfter(leftMs) };
        if (window.exceeded) return { exceeded: true, retryAfterMs: leftMs, global: false, headers };
      }
      const bucket = BUCKETS[`${method} ${route}`];
      if (bucket === undefined) return undefined;
      const window = use(`${method} ${route} ${majorId}`, bucket);
      const leftMs = window.resetAtMs - now();
      return {
        exceeded: window.exceeded,
        retryAfterMs: leftMs,
        global: false,
        headers: {
          "X-RateLimit-Limit": String(bucket.limit),
          "X-RateLimit-Remaining": String(window.remaining),
          "X-RateLimit-Reset": (window.resetAtMs / 1000).toFixed(3),
          "X-RateLimit-Reset-After": (leftMs / 1000).toFixed(3),
          "X-RateLimit-Bucket": createHash("md5").update(`${method} ${route}`).digest("hex"),
          ...(window.exceeded ? { "X-RateLimit-Scope": "user", ...retryAfter(leftMs) } : {}),
        },
      };
    },
  };
}

interface Bucket {
  readonly limit: number;
  readonly windowMs: number;
}

/** Fifty a second; a little less than a second, since a request that was late must not make the next seem early. */
const GLOBAL: Bucket = { limit: 50, windowMs: 900 };

/** A channel's name and topic change twice in ten minutes at most; no header tells of it before the 429 does. */
const RENAME: Bucket = { limit: 2, windowMs: 10 * 60_000 };

const FIVE_IN_FIVE_SECONDS: Bucket = { limit: 5, windowMs: 5000 };

const BUCKETS: Record<string, Bucket> = {
  "POST /channels/:channelId/messages": FIVE_IN_FIVE_SECONDS,
  "PATCH /channels/:channelId/messages/:messageId": FIVE_IN_FIVE_SECONDS,
  "DELETE /channels/:channelId/messages/:messageId": { limit: 5, windowMs: 1000 },
  "POST /channels/:channelId/messages/bulk-delete": { limit: 1, windowMs: 1000 },
  "GET /channels/:channelId/messages": FIVE_IN_FIVE_SECONDS,
  "POST /channels/:channelId/typing": FIVE_IN_FIVE_SECONDS,
  "PUT /channels/:channelId/messages/:messageId/reactions/:emoji/:userId": { limit: 1, windowMs: 250 },
  "DELETE /channels/:channelId/messages/:messageId/reactions/:emoji/:userId": { limit: 1, windowMs: 250 },
  "PATCH /channels/:channelId": { limit: 5, windowMs: 15_000 },
  "POST /channels/:channelId/messages/:messageId/threads": { limit: 50, windowMs: 300_000 },
  "POST /channels/:channelId/threads": { limit: 50, windowMs: 300_000 },
  "POST /webhooks/:webhookId/:webhookToken": { limit: 5, windowMs: 2000 },
  "PATCH /webhooks/:webhookId/:webhookToken/messages/:messageId": { limit: 5, windowMs: 2000 },
};

function renames(body: unknown): boolean {
  return typeof body === "object" && body !== null && ("name" in body || "topic" in body);
}

function retryAfter(leftMs: number): Record<string, string> {
  return { "Retry-After": String(Math.ceil(leftMs / 1000)) };
}
