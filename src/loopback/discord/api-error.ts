import { RESTJSONErrorCodes } from "discord-api-types/v10";

/** A refusal as Discord gives it: an HTTP status, its own code and, for 50035, the tree of what is wrong. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: ErrorTree | undefined;

  constructor(status: number, code: number, message: string, errors?: ErrorTree) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** Discord's tree of form errors: a property or index a level, `_errors` where something is wrong. */
export interface ErrorTree {
  [key: string]: ErrorTree | { code: string; message: string }[];
}

/** One thing wrong in a request's body, at the path where it is. */
export interface FormProblem {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** 50035 with every problem in its place. */
export function invalidForm(problems: readonly FormProblem[]): ApiError {
  const root: ErrorTree = {};
  for (const problem of problems) {
    let node = root;
    for (const key of problem.path) {
      const next = node[key];
      const child: ErrorTree = next === undefined || Array.isArray(next) ? {} : next;
      node[key] = child;
      node = child;
    }
    const { _errors: present } = node;
    const leaf = { code: problem.code, message: problem.message };
    node._errors = Array.isArray(present) ? [...present, leaf] : [leaf];
  }
  return new ApiError(400, RESTJSONErrorCodes.InvalidFormBodyOrContentType, "Invalid Form Body", root);
}

/** A refusal by one of Discord's well-known codes. */
export function refusal(kind: keyof typeof REFUSALS): ApiError {
  const [status, code, message] = REFUSALS[kind];
  return new ApiError(status, code, message);
}

const REFUSALS = {
  unauthorized: [401, 0, "401: Unauthorized"],
  notFound: [404, 0, "404: Not Found"],
  unknownChannel: [404, RESTJSONErrorCodes.UnknownChannel, "Unknown Channel"],
  unknownGuild: [404, RESTJSONErrorCodes.UnknownGuild, "Unknown Guild"],
  unknownMember: [404, RESTJSONErrorCodes.UnknownMember, "Unknown Member"],
  unknownMessage: [404, RESTJSONErrorCodes.UnknownMessage, "Unknown Message"],
  unknownRole: [404, RESTJSONErrorCodes.UnknownRole, "Unknown Role"],
  unknownUser: [404, RESTJSONErrorCodes.UnknownUser, "Unknown User"],
  unknownEmoji: [400, RESTJSONErrorCodes.UnknownEmoji, "Unknown Emoji"],
  unknownWebhook: [404, RESTJSONErrorCodes.UnknownWebhook, "Unknown Webhook"],
  unknownOverwrite: [404, RESTJSONErrorCodes.UnknownPermissionOverwrite, "Unknown Overwrite"],
  unknownInteraction: [404, RESTJSONErrorCodes.UnknownInteraction, "Unknown interaction"],
  unknownApplication: [404, RESTJSONErrorCodes.UnknownApplication, "Unknown Application"],
  unknownCommand: [404, RESTJSONErrorCodes.UnknownApplicationCommand, "Unknown application command"],
  invalidWebhookToken: [401, RESTJSONErrorCodes.InvalidWebhookToken, "Invalid Webhook Token"],
  alreadyAcknowledged: [
    400,
    RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged,
    "Interaction has already been acknowledged.",
  ],
  missingAccess: [403, RESTJSONErrorCodes.MissingAccess, "Missing Access"],
  missingPermissions: [403, RESTJSONErrorCodes.MissingPermissions, "Missing Permissions"],
  emptyMessage: [400, RESTJSONErrorCodes.CannotSendAnEmptyMessage, "Cannot send an empty message"],
  notTheAuthor: [
    403,
    RESTJSONErrorCodes.CannotEditMessageAuthoredByAnotherUser,
    "Cannot edit a message authored by another user",
  ],
  cannotMessageUser: [
    403,
    RESTJSONErrorCodes.CannotSendMessagesToThisUser,
    "Cannot send messages to this user",
  ],
  wrongChannelType: [
    400,
    RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
    "Cannot execute action on this channel type",
  ],
  systemMessage: [
    403,
    RESTJSONErrorCodes.CannotExecuteActionOnSystemMessage,
    "Cannot execute action on a system message",
  ],
  tooManyPins: [
    400,
    RESTJSONErrorCodes.MaximumNumberOfPinsReachedForTheChannel,
    "Maximum number of pins reached",
  ],
  threadArchived: [400, RESTJSONErrorCodes.InvalidActionOnArchivedThread, "Thread is archived"],
  threadLocked: [400, RESTJSONErrorCodes.ThreadLocked, "Thread is locked"],
  threadExists: [
    400,
    RESTJSONErrorCodes.ThreadAlreadyCreatedForMessage,
    "A thread has already been created for this message",
  ],
  tagRequired: [
    400,
    RESTJSONErrorCodes.TagRequiredToCreateAForumPostInThisChannel,
    "A tag is required to create a forum post in this channel",
  ],
  replyNeedsHistory: [
    400,
    RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory,
    "Cannot reply without permission to read message history",
  ],
  bulkDeleteTooOld: [
    400,
    RESTJSONErrorCodes.OneOfTheMessagesProvidedWasTooOldForBulkDelete,
    "A message provided was too old to bulk delete",
  ],
  fileTooLarge: [413, RESTJSONErrorCodes.RequestEntityTooLarge, "Request entity too large"],
} as const;
