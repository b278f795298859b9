import type { FailReply } from "./reply.ts";

/** The window of a subscription that a usage limit belongs to. */
export type UsageWindow = "five_hour" | "seven_day" | "seven_day_opus";

/** An HTTP error with the type and message that the API gives to this status, unless told otherwise. */
export function fail(
  status: number,
  options: {
    readonly errorType?: string;
    readonly message?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly retryAfterSeconds?: number;
  } = {},
): FailReply {
  const usual = USUAL_ERRORS[status] ?? { errorType: "api_error", message: "Internal server error" };
  const retryAfter =
    options.retryAfterSeconds === undefined ? {} : { "retry-after": String(options.retryAfterSeconds) };
  return {
    kind: "fail",
    status,
    errorType: options.errorType ?? usual.errorType,
    message: options.message ?? usual.message,
    headers: { ...retryAfter, ...options.headers },
  };
}

/** The 429 that a subscription (OAuth) gets when one of its windows is used up until `resetsAtMs`. */
export function usageLimit(options: {
  readonly resetsAtMs: number;
  readonly window?: UsageWindow;
}): FailReply {
  const window = options.window ?? "five_hour";
  const resetsAt = Math.floor(options.resetsAtMs / 1000);
  return fail(429, {
    message: "This request would exceed your account's rate limit. Please try again later.",
    headers: {
      ...usageHeaders({ status: "rejected", window, resetsAtMs: options.resetsAtMs, utilization: 1 }),
      "anthropic-ratelimit-unified-overage-status": "rejected",
      "anthropic-ratelimit-unified-overage-disabled-reason": "org_level_disabled",
      "retry-after": String(Math.max(1, resetsAt - Math.floor(Date.now() / 1000))),
    },
  });
}

/** The state of a usage window as the API puts it on every answer to a subscription; `utilization` is 0 to 1. */
export function usageHeaders(usage: {
  readonly status: "allowed" | "allowed_warning" | "rejected";
  readonly window: UsageWindow;
  readonly resetsAtMs: number;
  readonly utilization: number;
}): Record<string, string> {
  const prefix = "anthropic-ratelimit-unified";
  const short = SHORT_WINDOWS[usage.window];
  const resetsAt = String(Math.floor(usage.resetsAtMs / 1000));
  return {
    [`${prefix}-status`]: usage.status,
    [`${prefix}-reset`]: resetsAt,
    [`${prefix}-representative-claim`]: usage.window,
    [`${prefix}-${short}-status`]: usage.status,
    [`${prefix}-${short}-reset`]: resetsAt,
    [`${prefix}-${short}-utilization`]: String(usage.utilization),
    ...(usage.status === "allowed_warning" ? { [`${prefix}-${short}-surpassed-threshold`]: "0.9" } : {}),
  };
}

/** The 400 of a conversation that no longer fits into the model's window. */
export function promptTooLong(): FailReply {
  return fail(400, { message: "prompt is too long: 1048577 tokens > 1000000 maximum" });
}

/** The 400 of an account whose prepaid credit is used up. */
export function creditTooLow(): FailReply {
  return fail(400, {
    message: "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.",
  });
}

const SHORT_WINDOWS: Readonly<Record<UsageWindow, string>> = {
  five_hour: "5h",
  seven_day: "7d",
  seven_day_opus: "7d_opus",
};

const USUAL_ERRORS: Readonly<Record<number, { readonly errorType: string; readonly message: string }>> = {
  400: { errorType: "invalid_request_error", message: "Invalid request" },
  401: { errorType: "authentication_error", message: "invalid x-api-key" },
  403: {
    errorType: "permission_error",
    message: "Your account does not have permission to use this resource.",
  },
  404: { errorType: "not_found_error", message: "model: no-such-model" },
  413: { errorType: "request_too_large", message: "Request exceeds the maximum size" },
  429: { errorType: "rate_limit_error", message: "Number of requests has exceeded your rate limit." },
  529: { errorType: "overloaded_error", message: "Overloaded" },
};
