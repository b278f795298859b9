import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";

/** The server's place on the network: one port of 127.0.0.1, which can go away and come back. */
export interface Network {
  readonly port: number;
  /** Breaks every HTTP connection and refuses new ones. */
  readonly goAway: () => Promise<void>;
  /** Listens on the same port again. */
  readonly comeBack: () => Promise<void>;
}

/** Listens; `port` 0 takes any free one. `onServer` is told of each server that listens, also after an outage. */
export async function openNetwork(options: {
  port: number;
  fetch: Parameters<typeof createAdaptorServer>[0]["fetch"];
  onServer: (server: Server) => void;
}): Promise<Network> {
  const listen = async (port: number) => {
    const server = createAdaptorServer({ fetch: options.fetch }) as Server;
    options.onServer(server);
    await listenOnLoopback(server, port);
    return server;
  };
  let server: Server | undefined = await listen(options.port);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const { port } = address;
  return {
    port,
    goAway: async () => {
      const leaving = server;
      server = undefined;
      if (leaving !== undefined) await closeServer(leaving);
    },
    comeBack: async () => {
      server ??= await listen(port);
    },
  };
}

function listenOnLoopback(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
