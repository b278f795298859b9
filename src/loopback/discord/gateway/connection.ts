import {
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  GatewayOpcodes,
} from "discord-api-types/v10";
import type { RawData, WebSocket } from "ws";
import { z } from "zod";
import { guildDispatch } from "../payloads/guild-payload.ts";
import type { World } from "../world.ts";
import { type Closing, readIdentify, readResume, readyData, UNREADABLE } from "./handshake.ts";
import { membersChunks } from "./members-chunks.ts";
import type { GatewaySession } from "./session.ts";

/** One socket of the gateway, from HELLO until it closes. */
export interface GatewayConnection {
  readonly session: () => GatewaySession | undefined;
  /** Sends a frame that is no event: reconnect, invalid session. */
  readonly send: (opcode: GatewayOpcodes, data?: unknown) => void;
  /** Op 9. A session that is not resumable is over, and the bot may identify anew on this socket. */
  readonly invalidate: (resumable: boolean) => void;
  /** Cuts the line without a word. */
  readonly terminate: () => void;
}

/** What a connection asks of the gateway that it belongs to. */
export interface ConnectionOptions {
  readonly heartbeatIntervalMs: number;
  readonly acknowledges: () => boolean;
  readonly startSession: (intents: number) => GatewaySession;
  readonly findSession: (id: string) => GatewaySession | undefined;
  readonly endSession: (session: GatewaySession) => void;
  readonly closed: () => void;
}

/** Speaks gateway version 10 on a new socket. */
export function openConnection(
  world: World,
  socket: WebSocket,
  options: ConnectionOptions,
): GatewayConnection {
  let session: GatewaySession | undefined;
  let frames = 0;
  let silence: NodeJS.Timeout | undefined;
  const send = (opcode: GatewayOpcodes, data: unknown = null) =>
    socket.send(JSON.stringify({ op: opcode, d: data, s: null, t: null }));
  const close = (code: number, reason: string) => socket.close(code, reason);
  /** Who has not been heard of for two intervals is taken for dead; the session can be resumed. */
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(
      () => close(GatewayCloseCodes.SessionTimedOut, "Session timed out."),
      2 * options.heartbeatIntervalMs,
    );
    silence.unref();
  };
  let windowStartMs = world.now();

  const refuse = ({ closeCode, reason }: Closing) => close(closeCode, reason);

  const identify = (data: unknown) => {
    if (session !== undefined) return refuse(ALREADY_AUTHENTICATED);
    const asked = readIdentify(world, data);
    if ("closeCode" in asked) return refuse(asked);
    session = options.startSession(asked.intents);
    session.attach(socket);
    session.dispatch(GatewayDispatchEvents.Ready, readyData(world, session.id, asked.shard));
    if ((asked.intents & GatewayIntentBits.Guilds) !== 0) {
      if (world.members.has(world.botId))
        session.dispatch(GatewayDispatchEvents.GuildCreate, guildDispatch(world));
    }
  };

  const resume = (data: unknown) => {
    if (session !== undefined) return refuse(ALREADY_AUTHENTICATED);
    const asked = readResume(world, data);
    if ("closeCode" in asked) return refuse(asked);
    const found = options.findSession(asked.session_id);
    if (found === undefined) return send(GatewayOpcodes.InvalidSession, false);
    if (!found.holdsSince(asked.seq)) {
      options.endSession(found);
      return close(GatewayCloseCodes.InvalidSeq, "Invalid seq.");
    }
    found.socket()?.close(GatewayCloseCodes.UnknownError, "Resumed elsewhere.");
    session = found;
    session.attach(socket);
    session.replaySince(asked.seq);
    session.dispatch(GatewayDispatchEvents.Resumed, { _trace: [] });
  };

  const sendMembers = (asking: GatewaySession, request: unknown) => {
    const chunks = membersChunks(world, request);
    if (chunks === undefined) return refuse(UNREADABLE);
    for (const chunk of chunks) asking.dispatch(GatewayDispatchEvents.GuildMembersChunk, chunk);
  };

  const receive = (raw: RawData) => {
    heard();
    if (world.now() - windowStartMs > 60_000) {
      windowStartMs = world.now();
      frames = 0;
    }
    frames += 1;
    if (frames > FRAMES_PER_MINUTE)
      return close(GatewayCloseCodes.RateLimited, "You are being rate limited.");
    const frame = parseFrame(raw);
    if (frame === undefined) return refuse(UNREADABLE);
    switch (frame.op) {
      case GatewayOpcodes.Heartbeat:
        return options.acknowledges() ? send(GatewayOpcodes.HeartbeatAck) : undefined;
      case GatewayOpcodes.Identify:
        return identify(frame.d);
      case GatewayOpcodes.Resume:
        return resume(frame.d);
      case GatewayOpcodes.PresenceUpdate:
      case GatewayOpcodes.VoiceStateUpdate:
      case GatewayOpcodes.RequestGuildMembers:
        if (session === undefined) return close(GatewayCloseCodes.NotAuthenticated, "Not authenticated.");
        if (frame.op !== GatewayOpcodes.RequestGuildMembers) return;
        return sendMembers(session, frame.d);
      default:
        return close(GatewayCloseCodes.UnknownOpcode, "Unknown opcode.");
    }
  };

  socket.on("message", receive);
  socket.on("error", () => socket.terminate());
  socket.on("close", (code) => {
    clearTimeout(silence);
    session?.detach(socket);
    // Who leaves with 1000 or 1001 says that the session is over, not only the line.
    if (session !== undefined && (code === 1000 || code === 1001)) options.endSession(session);
    options.closed();
  });
  send(GatewayOpcodes.Hello, { heartbeat_interval: options.heartbeatIntervalMs, _trace: [] });
  heard();
  return {
    session: () => session,
    send,
    invalidate: (resumable) => {
      send(GatewayOpcodes.InvalidSession, resumable);
      if (!resumable) session = undefined;
    },
    terminate: () => {
      session?.detach(socket);
      socket.terminate();
    },
  };
}

const FRAMES_PER_MINUTE = 120;
const ALREADY_AUTHENTICATED: Closing = {
  closeCode: GatewayCloseCodes.AlreadyAuthenticated,
  reason: "Already authenticated.",
};

const frameShape = z.object({ op: z.number(), d: z.unknown().optional() });
function parseFrame(raw: RawData): z.infer<typeof frameShape> | undefined {
  try {
    return frameShape.parse(JSON.parse(String(raw)));
  } catch {
    return undefined;
  }
}
