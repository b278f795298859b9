/** One REST request that reached the server. */
export interface RequestRecord {
  readonly method: string;
  /** Without `/api/v10` and the query: `/channels/1/messages`. */
  readonly path: string;
  /** The route that took it, with names for ids: `/channels/:channelId/messages`; undefined for an unknown path. */
  readonly route: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON body, or the `payload_json` of a multipart one. */
  readonly body: unknown;
  readonly fileNames: readonly string[];
  readonly authorized: boolean;
  readonly atMs: number;
  /** Undefined while it is under way, and for ever if it hangs or its connection was dropped. */
  status: number | undefined;
}

/** Every request that came, oldest first. */
export interface RequestLog {
  readonly requests: readonly RequestRecord[];
  /** The requests that broke a real rate limit, not one that a test asked for. */
  readonly rateLimited: readonly RequestRecord[];
  readonly add: (record: RequestRecord) => void;
  readonly addRateLimited: (record: RequestRecord) => void;
  readonly answered: (record: RequestRecord, status: number, response: unknown) => void;
  /** Hears of every request once it is answered; returns what ends the hearing. */
  readonly onRequest: (listener: RequestListener) => () => void;
}

/** `response` is the answer's JSON before it is written; undefined for an empty or injected one. */
export type RequestListener = (record: RequestRecord, response: unknown) => void;

/** An empty log; after 50,000 requests it forgets the oldest. */
export function createRequestLog(): RequestLog {
  const requests: RequestRecord[] = [];
  const rateLimited: RequestRecord[] = [];
  const listeners = new Set<RequestListener>();
  return {
    requests,
    rateLimited,
    add: (record) => {
      requests.push(record);
      if (requests.length > KEPT_REQUESTS) requests.splice(0, KEPT_REQUESTS / 2);
    },
    addRateLimited: (record) => {
      rateLimited.push(record);
    },
    answered: (record, status, response) => {
      record.status = status;
      for (const listener of listeners) listener(record, response);
    },
    onRequest: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** More than any test asks about; a demo may run for days. */
const KEPT_REQUESTS = 50_000;
