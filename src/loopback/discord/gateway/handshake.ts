import { GatewayCloseCodes, GatewayIntentBits, type GatewayReadyDispatchData } from "discord-api-types/v10";
import { z } from "zod";
import { applicationFlags } from "../payloads/application-payload.ts";
import { userPayload } from "../payloads/member-payload.ts";
import type { World } from "../world.ts";

/** Why the gateway closes a socket. */
export interface Closing {
  readonly closeCode: GatewayCloseCodes;
  readonly reason: string;
}

/** What IDENTIFY asks for, or why it is refused. */
export function readIdentify(world: World, data: unknown): z.infer<typeof identifyData> | Closing {
  const parsed = identifyData.safeParse(data);
  if (!parsed.success) return UNREADABLE;
  const { token, intents } = parsed.data;
  if (bare(token) !== world.token) return WRONG_TOKEN;
  if ((intents & ~KNOWN_INTENTS) !== 0) {
    return { closeCode: GatewayCloseCodes.InvalidIntents, reason: "Invalid intent(s)." };
  }
  if (!world.messageContentAllowed && (intents & GatewayIntentBits.MessageContent) !== 0) {
    return { closeCode: GatewayCloseCodes.DisallowedIntents, reason: "Disallowed intent(s)." };
  }
  return parsed.data;
}

/** Which session RESUME means, and what it has heard last, or why it is refused. */
export function readResume(world: World, data: unknown): z.infer<typeof resumeData> | Closing {
  const parsed = resumeData.safeParse(data);
  if (!parsed.success) return UNREADABLE;
  return bare(parsed.data.token) === world.token ? parsed.data : WRONG_TOKEN;
}

/** READY's data for a new session. */
export function readyData(
  world: World,
  sessionId: string,
  shard: readonly [number, number] | undefined,
): GatewayReadyDispatchData {
  const user = userPayload(world, world.botId);
  return {
    v: 10,
    user: { ...user, verified: true, mfa_enabled: false, email: null },
    guilds: world.members.has(world.botId) ? [{ id: world.guildId, unavailable: true }] : [],
    session_id: sessionId,
    resume_gateway_url: `${world.baseUrl.replace(/^http/, "ws")}/gateway`,
    application: {
      id: world.botId,
      flags: applicationFlags(world),
      flags_new: String(applicationFlags(world)),
    },
    ...(shard === undefined ? {} : { shard: [...shard] }),
  };
}

/** What a frame that cannot be read leads to. */
export const UNREADABLE: Closing = {
  closeCode: GatewayCloseCodes.DecodeError,
  reason: "Error while decoding payload.",
};

const WRONG_TOKEN: Closing = {
  closeCode: GatewayCloseCodes.AuthenticationFailed,
  reason: "Authentication failed.",
};

const KNOWN_INTENTS = Object.values(GatewayIntentBits).reduce<number>(
  (sum, bit) => (typeof bit === "number" ? sum | bit : sum),
  0,
);

const identifyData = z.object({
  token: z.string(),
  intents: z.number().int().min(0),
  properties: z.looseObject({}),
  shard: z.tuple([z.number(), z.number()]).optional(),
});

const resumeData = z.object({ token: z.string(), session_id: z.string(), seq: z.number() });

function bare(token: string): string {
  return token.replace(/^Bot /, "");
}
