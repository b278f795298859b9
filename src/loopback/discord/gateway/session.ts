import { type GatewayDispatchEvents, GatewayOpcodes } from "discord-api-types/v10";
import type { WebSocket } from "ws";

/** A gateway session: it numbers what it is told and keeps it, so that a lost socket misses nothing. */
export interface GatewaySession {
  readonly id: string;
  readonly intents: number;
  /** The socket that is attached now, if any. */
  readonly socket: () => WebSocket | undefined;
  readonly attach: (socket: WebSocket) => void;
  /** Since when no socket is attached, in ms since the epoch. */
  readonly waitingSinceMs: () => number | undefined;
  /** Leaves the session waiting for RESUME. */
  readonly detach: (socket: WebSocket) => void;
  /** Numbers an event, keeps it and sends it if a socket is attached. */
  readonly dispatch: (type: `${GatewayDispatchEvents}`, data: unknown) => void;
  /** True when every event after `sequence` is still kept, so that RESUME can replay them. */
  readonly holdsSince: (sequence: number) => boolean;
  /** Sends every event after `sequence` again. */
  readonly replaySince: (sequence: number) => void;
}

/** A new session, to which a socket is still to be attached; `intents` as a bit field, `now` in ms since the epoch. */
export function createGatewaySession(id: string, intents: number, now: () => number): GatewaySession {
  const kept: { sequence: number; frame: string }[] = [];
  let sequence = 0;
  let attached: WebSocket | undefined;
  let waitingSinceMs: number | undefined;
  return {
    id,
    intents,
    socket: () => attached,
    waitingSinceMs: () => waitingSinceMs,
    attach: (socket) => {
      attached = socket;
      waitingSinceMs = undefined;
    },
    detach: (socket) => {
      if (attached !== socket) return;
      attached = undefined;
      waitingSinceMs = now();
    },
    dispatch: (type, data) => {
      sequence += 1;
      const frame = JSON.stringify({ op: GatewayOpcodes.Dispatch, t: type, s: sequence, d: data });
      kept.push({ sequence, frame });
      if (kept.length > KEPT_EVENTS) kept.shift();
      attached?.send(frame);
    },
    holdsSince: (since) => since <= sequence && since >= (kept[0]?.sequence ?? 1) - 1,
    replaySince: (since) => {
      for (const event of kept) if (event.sequence > since) attached?.send(event.frame);
    },
  };
}

const KEPT_EVENTS = 10_000;
