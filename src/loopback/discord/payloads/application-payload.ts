import { type APIApplication, ApplicationFlags } from "discord-api-types/v10";
import type { World } from "../world.ts";
import { userPayload } from "./member-payload.ts";

/** The bot's application; the guild's owner owns it too. */
export function applicationPayload(world: World) {
  const bot = userPayload(world, world.botId);
  const flags = applicationFlags(world);
  const application: APIApplication = {
    id: world.botId,
    name: bot.username,
    icon: null,
    description: "",
    summary: "",
    bot,
    bot_public: true,
    bot_require_code_grant: false,
    owner: userPayload(world, world.ownerId),
    verify_key: "0".repeat(64),
    team: null,
    flags,
    flags_new: String(flags),
    approximate_guild_count: 1,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    interactions_endpoint_url: null,
    redirect_uris: [],
  };
  // What Discord sends beyond what its documents promise.
  return {
    ...application,
    type: null,
    role_connections_verification_url: null,
    explicit_content_filter: 0,
    eligible_oauth2_scopes: [],
  };
}

/** Says which privileged intents are turned on for a bot of few guilds. */
export function applicationFlags(world: World): ApplicationFlags {
  const always = ApplicationFlags.GatewayGuildMembersLimited | ApplicationFlags.GatewayPresenceLimited;
  return world.messageContentAllowed ? always | ApplicationFlags.GatewayMessageContentLimited : always;
}
