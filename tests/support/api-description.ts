import { expect, onTestFinished } from "vitest";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";

/**
 * Holds what a bot sends, and what the loopback Discord answers, to Discord's own API description: the test fails
 * at its end if either does not fit. `refusedToo: false` passes over requests that were refused, for tests that
 * send bad ones on purpose.
 */
export function withApiDescription(
  discord: Pick<LoopbackDiscord, "onRequest">,
  options: { refusedToo?: boolean } = {},
): void {
  const problems: string[] = [];
  discord.onRequest((record, response) => problems.push(...descriptionProblems(record, response, options)));
  onTestFinished(() => {
    expect(problems).toEqual([]);
  });
}

/** What in one request and its answer does not fit Discord's API description. */
export function descriptionProblems(
  {
    method,
    route,
    body,
    status = 0,
  }: { method: string; route?: string | undefined; body: unknown; status?: number | undefined },
  response: unknown,
  { refusedToo = true }: { refusedToo?: boolean } = {},
): string[] {
  const title = `${method} ${route}`;
  const described = DESCRIBED[title];
  const succeeded = status >= 200 && status < 300;
  const bodyProblems =
    described?.body !== undefined && (succeeded || refusedToo)
      ? mismatches(described.body, withNumericBits(body), `the body of ${title}`)
      : [];
  const answerProblems =
    described?.response !== undefined && succeeded && response !== undefined
      ? mismatches(described.response, asSent(response), `the answer to ${title}`)
      : [];
  return [...bodyProblems, ...answerProblems];
}

interface Schema {
  safeParse(value: unknown): { success: boolean; error?: { issues: readonly Issue[] } };
}

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly errors?: readonly (readonly Issue[])[];
}

/** A name of one schema, several of which one must fit, or a list of them. */
type Described = string | readonly string[] | { readonly listOf: string | readonly string[] };

// A plain name would make the compiler look for types, which the package has for other files only.
const packageName: string = "discord-api-spec/zod";
const schemas = (await import(packageName)) as Record<string, Schema | undefined>;

const channel = ["GuildChannelResponse", "PrivateChannelResponse", "ThreadResponse"] as const;
const webhookBody = ["IncomingWebhookRequestPartial", "IncomingWebhookUpdateRequestPartial"] as const;
const command = "ApplicationCommandResponse";
const commandRoutes = (base: string): typeof DESCRIBED => ({
  [`GET ${base}`]: { response: { listOf: command } },
  [`PUT ${base}`]: { body: { listOf: "ApplicationCommandUpdateRequest" }, response: { listOf: command } },
  [`POST ${base}`]: { body: "ApplicationCommandCreateRequest", response: command },
  [`GET ${base}/:commandId`]: { response: command },
  [`PATCH ${base}/:commandId`]: { body: "ApplicationCommandPatchRequestPartial", response: command },
});

/** The routes that the description has a schema for, by the names that the loopback Discord gives them. */
const DESCRIBED: Record<string, { body?: Described; response?: Described } | undefined> = {
  ...commandRoutes("/applications/:applicationId/commands"),
  ...commandRoutes("/applications/:applicationId/guilds/:guildId/commands"),
  "GET /applications/:applicationId": { response: "PrivateApplicationResponse" },
  "GET /gateway/bot": { response: "GatewayBotResponse" },
  "GET /users/:userId": { response: "UserResponse" },
  "GET /users/:userId/guilds": { response: { listOf: "MyGuildResponse" } },
  "POST /users/:userId/channels": { body: "CreatePrivateChannelRequest", response: "PrivateChannelResponse" },
  "GET /channels/:channelId": { response: channel },
  "PATCH /channels/:channelId": {
    body: ["UpdateGuildChannelRequestPartial", "UpdateThreadRequestPartial"],
    response: channel,
  },
  "DELETE /channels/:channelId": { response: channel },
  "GET /channels/:channelId/messages": { response: { listOf: "MessageResponse" } },
  "POST /channels/:channelId/messages": { body: "MessageCreateRequest", response: "MessageResponse" },
  "GET /channels/:channelId/messages/pins": { response: "PinnedMessagesResponse" },
  "GET /channels/:channelId/messages/:messageId": { response: "MessageResponse" },
  "PATCH /channels/:channelId/messages/:messageId": {
    body: "MessageEditRequestPartial",
    response: "MessageResponse",
  },
  "GET /channels/:channelId/messages/:messageId/reactions/:emoji": { response: { listOf: "UserResponse" } },
  "POST /channels/:channelId/messages/:messageId/threads": {
    body: "CreateTextThreadWithMessageRequest",
    response: "ThreadResponse",
  },
  "POST /channels/:channelId/threads": {
    body: ["CreateForumThreadRequest", "CreateTextThreadWithoutMessageRequest"],
    response: "CreatedThreadResponse",
  },
  "GET /channels/:channelId/thread-members": { response: { listOf: "ThreadMemberResponse" } },
  "GET /channels/:channelId/threads/archived/public": { response: "ThreadsResponse" },
  "GET /guilds/:guildId/threads/active": { response: "ThreadsResponse" },
  "POST /channels/:channelId/webhooks": { response: "GuildIncomingWebhookResponse" },
  "GET /guilds/:guildId": { response: "GuildWithCountsResponse" },
  "GET /guilds/:guildId/channels": { response: { listOf: "GuildChannelResponse" } },
  "POST /guilds/:guildId/channels": { body: "CreateGuildChannelRequest", response: "GuildChannelResponse" },
  "GET /guilds/:guildId/members": { response: { listOf: "GuildMemberResponse" } },
  "GET /guilds/:guildId/members/:userId": { response: "GuildMemberResponse" },
  "PATCH /guilds/:guildId/members/:userId": { response: "GuildMemberResponse" },
  "GET /guilds/:guildId/roles": { response: { listOf: "GuildRoleResponse" } },
  "POST /guilds/:guildId/roles": { body: "CreateRoleRequest", response: "GuildRoleResponse" },
  "POST /interactions/:interactionId/:interactionToken/callback": {
    body: [
      "ApplicationCommandAutocompleteCallbackRequest",
      "CreateMessageInteractionCallbackRequest",
      "ModalInteractionCallbackRequest",
      "UpdateMessageInteractionCallbackRequest",
    ],
    response: "InteractionCallbackResponse",
  },
  "POST /webhooks/:webhookId/:webhookToken": { body: webhookBody, response: "MessageResponse" },
  "GET /webhooks/:webhookId/:webhookToken/messages/:messageId": { response: "MessageResponse" },
  "PATCH /webhooks/:webhookId/:webhookToken/messages/:messageId": {
    body: "IncomingWebhookUpdateRequestPartial",
    response: "MessageResponse",
  },
};

function mismatches(described: Described, value: unknown, title: string): string[] {
  if (typeof described === "object" && "listOf" in described) {
    if (!Array.isArray(value)) return [`${title}: not a list`];
    return value.flatMap((one, index) => mismatches(described.listOf, one, `${title}[${index}]`));
  }
  const results = [described].flat().map((name) => {
    const schema = schemas[`${name}Schema`];
    if (schema === undefined) throw new Error(`Discord's API description has no ${name}.`);
    return schema.safeParse(value);
  });
  if (results.some(({ success }) => success)) return [];
  const issues = results.map(({ error }) => deepest(error?.issues ?? []));
  return [`${title}: ${issues.sort((left, right) => right.path.length - left.path.length)[0]?.text}`];
}

/** What a union's many complaints come to: the one that is farthest inside. */
function deepest(
  issues: readonly Issue[],
  path: readonly PropertyKey[] = [],
): { path: readonly PropertyKey[]; text: string } {
  const all = issues.flatMap((issue) => {
    const here = [...path, ...issue.path];
    const inner = (issue.errors ?? []).filter((list) => list.length > 0).map((list) => deepest(list, here));
    return [{ path: here, text: `${here.map(String).join(".")}: ${issue.message}` }, ...inner];
  });
  return all.sort((left, right) => right.path.length - left.path.length)[0] ?? { path, text: "does not fit" };
}

/** The description has permission bits as integers, where Discord takes and discord.js sends text. */
function withNumericBits(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body ?? {}), (key, value: unknown) =>
    BITS.has(key) && typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value,
  );
}

const BITS: ReadonlySet<string> = new Set(["allow", "deny", "permissions", "default_member_permissions"]);

function asSent(response: unknown): unknown {
  return JSON.parse(JSON.stringify(response));
}
