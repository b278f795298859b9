import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { CoordError } from "../core/operations/errors.ts";

export interface Listener {
  /** Such as `http://127.0.0.1:9090`. */
  readonly url: string;
  /** Ends every connection, also those that show the page live. */
  close(): Promise<void>;
}

/** Serves `app`. Throws CoordError port_in_use or listen_failed, with what to do. */
export async function listen(app: Hono, address: { host: string; port: number }): Promise<Listener> {
  const server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, address)));
    server.listen(address.port, address.host, resolve);
  });
  // Broken connections are nobody's matter.
  server.on("error", () => {});
  return { url: `http://${shown(address)}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function shown({ host, port }: { host: string; port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function listenError(error: NodeJS.ErrnoException, address: { host: string; port: number }): CoordError {
  const where = shown(address);
  if (error.code === "EADDRINUSE") {
    return new CoordError(
      "port_in_use",
      `Another program already listens on ${where}. See which with: ss -ltnp 'sport = :${address.port}', ` +
        "then end it, or choose another port in health.listen.",
      { cause: error },
    );
  }
  return new CoordError(
    "listen_failed",
    `health.listen: ${where} can't be listened on (${error.message}). Choose an address of this machine, such as 127.0.0.1:9090.`,
    { cause: error },
  );
}
