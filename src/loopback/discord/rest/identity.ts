import { z } from "zod";
import { refusal } from "../api-error.ts";
import { dmWith } from "../channels.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { applicationPayload } from "../payloads/application-payload.ts";
import { channelPayload } from "../payloads/channel-payload.ts";
import { userPayload } from "../payloads/member-payload.ts";
import { permissionsOf } from "../permissions.ts";
import type { World } from "../world.ts";
import { parseAs } from "./parse.ts";
import type { AddRoute } from "./router.ts";

/** Who the bot is, where its gateway is, and whom it can write to. */
export function addIdentityRoutes(world: World, gateway: Gateway, add: AddRoute): void {
  const url = () => `${world.baseUrl.replace(/^http/, "ws")}/gateway`;
  add("GET", "/gateway", () => ({ url: url() }), { auth: "none" });
  add("GET", "/gateway/bot", () => ({
    url: url(),
    shards: 1,
    session_start_limit: {
      total: 1000,
      remaining: gateway.identifiesLeft,
      reset_after: 24 * 60 * 60_000,
      max_concurrency: 1,
    },
  }));
  add("GET", "/users/:userId", ({ param }) => {
    if (!world.users.has(param("userId"))) throw refusal("unknownUser");
    const user = userPayload(world, param("userId"));
    const own = { mfa_enabled: false, locale: "en-US", verified: true, email: null };
    return user.id === world.botId ? { ...user, ...own } : user;
  });
  add("GET", "/users/:userId/guilds", () => {
    if (!world.members.has(world.botId)) return [];
    const guild = {
      id: world.guildId,
      name: world.guildName,
      icon: null,
      banner: null,
      owner: false,
      features: [],
      permissions: String(permissionsOf(world, world.botId)),
    };
    return [guild];
  });
  add("POST", "/users/:userId/channels", ({ body }) => {
    const { recipient_id } = parseAs(z.object({ recipient_id: z.string() }), body);
    if (!world.users.has(recipient_id)) throw refusal("unknownUser");
    return channelPayload(world, dmWith(world, recipient_id));
  });
  add("GET", "/applications/:applicationId", ({ param }) => {
    if (param("applicationId") !== world.botId) throw refusal("unknownApplication");
    return applicationPayload(world);
  });
  add("GET", "/oauth2/applications/:applicationId", () => applicationPayload(world));
}
