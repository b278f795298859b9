import type { ListenAddress } from "./config.ts";

/** `127.0.0.1:9090` or `[::1]:9090` in its parts. */
export function listenAddress(written: string): ListenAddress {
  const colon = written.lastIndexOf(":");
  return { host: written.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(written.slice(colon + 1)) };
}
