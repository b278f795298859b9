import {
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  GatewayOpcodes,
} from "discord-api-types/v10";
import type { RawData, WebSocket } from "ws";
import { z } from "zod";
import { applicationFlags } from "../payloads/application-payload.ts";
import { guildDispatch } from "../payloads/guild-payload.ts";
import { userPayload } from "../payloads/member-payload.ts";
import type { World } from "../world.ts";
import { membersChunks } from "./members-chunks.ts";
import type { GatewaySession } from "./session.ts";

/** One socket of the gateway, from HELLO until it closes. */
export interface GatewayConnection {
  readonly session: () => GatewaySession | undefined;
  /** Sends a frame that is no event: reconnect, invalid session. */
  readonly send: (opcode: GatewayOpcodes, data?: unknown) => void;
  readonly close: (code: number, reason: string) => void;
  /** Cuts the line without a word. */
  readonly terminate: () => void;
}

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

  const identify = (data: unknown) => {
    if (session !== undefined) return close(GatewayCloseCodes.AlreadyAuthenticated, "Already authenticated.");
    const parsed = identifyData.safeParse(data);
    if (!parsed.success) return close(GatewayCloseCodes.DecodeError, "Error while decoding payload.");
    const { token, intents } = parsed.data;
    if (bare(token) !== world.token)
      return close(GatewayCloseCodes.AuthenticationFailed, "Authentication failed.");
    if ((intents & ~KNOWN_INTENTS) !== 0)
      return close(GatewayCloseCodes.InvalidIntents, "Invalid intent(s).");
    if (!world.messageContentAllowed && (intents & GatewayIntentBits.MessageContent) !== 0) {
      return close(GatewayCloseCodes.DisallowedIntents, "Disallowed intent(s).");
    }
    session = options.startSession(intents);
    session.attach(socket);
    session.dispatch(GatewayDispatchEvents.Ready, {
      v: 10,
      user: { ...userPayload(world, world.botId), verified: true, mfa_enabled: false, email: null, flags: 0 },
      guilds: [{ id: world.guildId, unavailable: true }],
      private_channels: [],
      relationships: [],
      user_settings: {},
      session_id: session.id,
      resume_gateway_url: `${world.baseUrl.replace(/^http/, "ws")}/gateway`,
      application: { id: world.botId, flags: applicationFlags(world) },
      ...(parsed.data.shard === undefined ? {} : { shard: parsed.data.shard }),
    });
    if ((intents & GatewayIntentBits.Guilds) !== 0) {
      session.dispatch(GatewayDispatchEvents.GuildCreate, guildDispatch(world));
    }
  };

  const resume = (data: unknown) => {
    if (session !== undefined) return close(GatewayCloseCodes.AlreadyAuthenticated, "Already authenticated.");
    const parsed = resumeData.safeParse(data);
    if (!parsed.success) return close(GatewayCloseCodes.DecodeError, "Error while decoding payload.");
    if (bare(parsed.data.token) !== world.token) {
      return close(GatewayCloseCodes.AuthenticationFailed, "Authentication failed.");
    }
    const found = options.findSession(parsed.data.session_id);
    if (found === undefined) return send(GatewayOpcodes.InvalidSession, false);
    if (!found.holdsSince(parsed.data.seq)) {
      options.endSession(found);
      return close(GatewayCloseCodes.InvalidSeq, "Invalid seq.");
    }
    found.socket()?.close(GatewayCloseCodes.UnknownError, "Resumed elsewhere.");
    session = found;
    session.attach(socket);
    session.replaySince(parsed.data.seq);
    session.dispatch(GatewayDispatchEvents.Resumed, { _trace: [] });
  };

  const sendMembers = (asking: GatewaySession, request: unknown) => {
    const chunks = membersChunks(world, request);
    if (chunks === undefined) return close(GatewayCloseCodes.DecodeError, "Error while decoding payload.");
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
    if (frame === undefined) return close(GatewayCloseCodes.DecodeError, "Error while decoding payload.");
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
  return { session: () => session, send, close, terminate: () => socket.terminate() };
}

const FRAMES_PER_MINUTE = 120;
const KNOWN_INTENTS = Object.values(GatewayIntentBits).reduce<number>(
  (sum, bit) => (typeof bit === "number" ? sum | bit : sum),
  0,
);

const frameShape = z.object({ op: z.number(), d: z.unknown().optional() });
const identifyData = z.object({
  token: z.string(),
  intents: z.number().int().min(0),
  properties: z.looseObject({}),
  shard: z.tuple([z.number(), z.number()]).optional(),
});
const resumeData = z.object({ token: z.string(), session_id: z.string(), seq: z.number() });

function parseFrame(raw: RawData): z.infer<typeof frameShape> | undefined {
  try {
    return frameShape.parse(JSON.parse(String(raw)));
  } catch {
    return undefined;
  }
}

function bare(token: string): string {
  return token.replace(/^Bot /, "");
}
