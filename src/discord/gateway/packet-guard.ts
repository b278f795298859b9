import type { Client } from "discord.js";

/**
 * Keeps a packet that discord.js can't read from ending the process: it is handled in a listener of the socket that
 * nobody awaits, so that what it throws would be nobody's. The packet is lost, and its messages come by catch-up.
 */
export function guardPackets(client: Client, log: { warn(message: string, fields?: object): void }): void {
  // Not among its public methods, and the one place that every packet goes through.
  const ws = client.ws as unknown as {
    handlePacket(packet?: { readonly t?: string }, shard?: unknown): boolean;
  };
  const handle = ws.handlePacket.bind(ws);
  ws.handlePacket = (packet, shard) => {
    try {
      return handle(packet, shard);
    } catch (error) {
      log.warn("an event of Discord's could not be read", { event: packet?.t, error });
      return false;
    }
  };
}
