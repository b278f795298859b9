import { type RESTPutAPIApplicationGuildCommandsJSONBody, Routes } from "discord-api-types/v10";
import { onTestFinished } from "vitest";
import type { AccessPolicy } from "../../src/core/access/access.ts";
import type { Project } from "../../src/core/projects/project.ts";
import { createGateway, type Gateway } from "../../src/discord/gateway/gateway.ts";
import { createInteractions, type InteractionHandlers } from "../../src/discord/interactions/interactions.ts";
import { type LoopbackDiscord, startLoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { withApiDescription } from "./api-description.ts";
import { NO_SECRETS } from "./no-secrets.ts";

export interface InteractionBot {
  readonly gateway: Gateway;
  /** What was reported as a failure, with the ids that people were told. */
  readonly reports: { id: string; what: string; detail: unknown }[];
  /** Makes commands known in the loopback's guild. */
  register(commands: RESTPutAPIApplicationGuildCommandsJSONBody): Promise<void>;
}

/** An access policy for the loopback's one guild. */
export type Rules = Omit<AccessPolicy, "guildIds">;

/** A loopback Discord that checks every request against Discord's description, gone with the test. */
export async function startDiscord(): Promise<LoopbackDiscord> {
  const discord = await startLoopbackDiscord();
  withApiDescription(discord, { refusedToo: false });
  onTestFinished(() => discord.stop());
  return discord;
}

/** The real gateway and the real router with a test's handlers. */
export async function interactionBot(
  discord: LoopbackDiscord,
  handlers: Partial<InteractionHandlers> | ((gateway: Gateway) => Partial<InteractionHandlers>),
  options: { projects?: readonly Project[]; policy?: Rules; deferAfterMs?: number } = {},
): Promise<InteractionBot> {
  const reports: InteractionBot["reports"] = [];
  const log = { info: () => {}, warn: () => {}, debug: () => {} };
  const gateway = createGateway({
    token: discord.token,
    apiUrl: discord.apiUrl,
    onState: () => {},
    onRateLimit: () => {},
    guard: { redactor: NO_SECRETS, onSecret: () => {} },
    log,
  });
  onTestFinished(() => gateway.close());
  const table = typeof handlers === "function" ? handlers(gateway) : handlers;
  const interactions = createInteractions({
    handlers: { commands: {}, suggestions: {}, components: {}, ...table },
    rest: gateway.rest,
    projects: () => options.projects ?? [],
    policy: () => ({ guildIds: [discord.guild.id], ...(options.policy ?? EVERYONE) }),
    guildOf: gateway.guildOf,
    now: Date.now,
    report: (what, detail) => {
      const id = `error${reports.length}`;
      reports.push({ id, what, detail });
      return id;
    },
    events: NO_EVENTS,
    log,
    ...(options.deferAfterMs === undefined ? {} : { deferAfterMs: options.deferAfterMs }),
  });
  await gateway.connect({
    onMessage: () => {},
    onEdit: () => {},
    onDelete: () => {},
    onThreadDeleted: () => {},
    onTyping: () => {},
    onAppeared: () => {},
    onAccess: () => {},
    onNewSession: () => {},
    onSessionReady: () => {},
    onInteraction: (interaction) => void interactions(interaction),
    onRefused: () => {},
  });
  return {
    gateway,
    reports,
    register: async (commands) => {
      const route = Routes.applicationGuildCommands(gateway.bot().userId, discord.guild.id);
      await gateway.rest.put(route, { body: commands });
    },
  };
}

/** For parts whose events nobody hears. */
export const NO_EVENTS = { emit: () => {} };

const EVERYONE: Rules = {
  access: { users: [], roles: [], everyone: true },
  admins: { users: [], roles: [] },
};
