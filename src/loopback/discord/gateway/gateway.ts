import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Change, World } from "../world.ts";
import { heardBy } from "./audience.ts";
import { type GatewayConnection, openConnection } from "./connection.ts";
import { createGatewaySession, type GatewaySession } from "./session.ts";

/** The WebSocket side of the loopback Discord. */
export interface Gateway {
  /** Takes WebSocket upgrades of this server; after an outage, of the next one. */
  readonly listenOn: (server: Server) => void;
  readonly connections: ReadonlySet<GatewayConnection>;
  readonly sessions: ReadonlyMap<string, GatewaySession>;
  /** Forgets sessions: RESUME of one is answered with "invalid session". */
  readonly forgetSessions: () => void;
  /** While true, heartbeats are not acknowledged. */
  withholdHeartbeats: boolean;
  /** How many IDENTIFYs a bot has left today, as /gateway/bot tells. */
  identifiesLeft: number;
  readonly stop: () => void;
}

/** The gateway's sockets and sessions; every change of the world is dispatched to the sessions that hear of it. */
export function createGateway(world: World, options: { heartbeatIntervalMs: number }): Gateway {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_PAYLOAD_BYTES });
  const connections = new Set<GatewayConnection>();
  const sessions = new Map<string, GatewaySession>();

  const tell = (session: GatewaySession, change: Change) => {
    const data = heardBy(world, session.intents, change);
    if (data !== undefined) session.dispatch(change.type, data);
  };
  const endForgotten = () => {
    const oldestMs = world.now() - WAITS_FOR_RESUME_MS;
    for (const session of [...sessions.values()]) {
      if ((session.waitingSinceMs() ?? Infinity) < oldestMs) sessions.delete(session.id);
    }
  };
  const stopListening = world.onChange((change) => {
    for (const session of sessions.values()) tell(session, change);
  });

  const gateway: Gateway = {
    connections,
    sessions,
    withholdHeartbeats: false,
    identifiesLeft: 1000,
    listenOn: (server) => {
      server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        const url = new URL(request.url ?? "/", "http://localhost");
        if (!isSpoken(url)) {
          socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
          return;
        }
        sockets.handleUpgrade(request, socket, head, accept);
      });
    },
    forgetSessions: () => sessions.clear(),
    stop: () => {
      stopListening();
      for (const connection of connections) connection.terminate();
      sockets.close();
    },
  };

  const accept = (socket: WebSocket) => {
    const connection = openConnection(world, socket, {
      heartbeatIntervalMs: options.heartbeatIntervalMs,
      acknowledges: () => !gateway.withholdHeartbeats,
      startSession: (intents) => {
        gateway.identifiesLeft -= 1;
        endForgotten();
        const session = createGatewaySession(randomBytes(16).toString("hex"), intents, world.now);
        sessions.set(session.id, session);
        return session;
      },
      findSession: (id) => {
        endForgotten();
        return sessions.get(id);
      },
      endSession: (session) => sessions.delete(session.id),
      closed: () => connections.delete(connection),
    });
    connections.add(connection);
  };
  return gateway;
}

/** Discord does not tell how long a session waits for its bot; it is minutes. */
const WAITS_FOR_RESUME_MS = 5 * 60_000;

const LARGEST_PAYLOAD_BYTES = 4096;

/** Version 10 in JSON without compression is all that this gateway speaks; Discord itself speaks more. */
function isSpoken(url: URL): boolean {
  if (!url.pathname.startsWith("/gateway")) return false;
  const { searchParams } = url;
  return (
    (searchParams.get("v") ?? "10") === "10" &&
    (searchParams.get("encoding") ?? "json") === "json" &&
    !searchParams.has("compress")
  );
}
