import { type GatewayDispatchEvents, GatewayOpcodes } from "discord-api-types/v10";
import type { Fault, FaultList } from "./faults.ts";
import type { Gateway } from "./gateway/gateway.ts";
import type { Network } from "./network.ts";

/** What can be made to go wrong. */
export interface Faults {
  /** Makes the next requests that match fail. */
  failNext(fault: Fault): void;
  /** Forgets faults that have hit nothing yet. */
  clear(): void;
  /** Cuts every gateway socket without a word; sessions can be resumed. */
  dropSockets(): void;
  /** Op 9; a session that is not resumable is gone. */
  invalidateSessions(options: { resumable: boolean }): void;
  /** Sessions are forgotten, so that the next RESUME is answered with op 9. */
  forgetSessions(): void;
  /** Op 7: asks every bot to reconnect and resume. */
  requestReconnect(): void;
  withholdHeartbeats(withhold: boolean): void;
  /** Tells every session of an event that is not so, whatever its intents; it may make no sense at all. */
  dispatch(type: `${GatewayDispatchEvents}`, data: unknown): void;
  /** The network is gone: every connection breaks and new ones are refused. State and sessions stay. */
  goAway(): Promise<void>;
  /** Back on the same port. */
  comeBack(): Promise<void>;
}

/** The faults of one running server. */
export function createFaultControl(faults: FaultList, gateway: Gateway, network: Network): Faults {
  const dropSockets = () => {
    for (const connection of gateway.connections) connection.terminate();
  };
  return {
    failNext: faults.failNext,
    clear: faults.clear,
    dropSockets,
    invalidateSessions: ({ resumable }) => {
      if (!resumable) gateway.forgetSessions();
      for (const connection of gateway.connections) connection.invalidate(resumable);
    },
    forgetSessions: gateway.forgetSessions,
    requestReconnect: () => {
      for (const connection of gateway.connections) connection.send(GatewayOpcodes.Reconnect);
    },
    withholdHeartbeats: (withhold) => {
      gateway.withholdHeartbeats = withhold;
    },
    dispatch: (type, data) => {
      for (const session of gateway.sessions.values()) session.dispatch(type, data);
    },
    goAway: async () => {
      const closed = network.goAway();
      dropSockets();
      await closed;
    },
    comeBack: network.comeBack,
  };
}
