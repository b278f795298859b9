/** How one thing is that the bot depends on. `degraded` works, but deserves a look. */
export interface CheckResult {
  readonly status: "ok" | "degraded" | "failing";
  /** A sentence for whoever looks. */
  readonly detail: string;
}

/** Never rejects. */
export type HealthCheck = () => CheckResult | Promise<CheckResult>;

export type HealthChecks = Readonly<Record<string, HealthCheck>>;

export interface Health {
  /** The worst of the checks. */
  readonly status: CheckResult["status"];
  readonly checks: Readonly<Record<string, CheckResult>>;
}

export async function checkHealth(checks: HealthChecks): Promise<Health> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await check()] as const),
  );
  const statuses = results.map(([, { status }]) => status);
  const status = (["failing", "degraded"] as const).find((each) => statuses.includes(each)) ?? "ok";
  return { status, checks: Object.fromEntries(results) };
}
