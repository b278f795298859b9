import { type AccessPolicy, decideAccess, type Refusal } from "../../core/access/access.ts";
import type { SignLimit } from "../../core/access/sign-limit.ts";
import { type Fate, isLeftOut } from "../../core/messages/catch-up.ts";
import type { IncomingMessage } from "../../core/messages/inbound.ts";
import type { Events } from "../../core/operations/events.ts";
import type { ProjectWish } from "../../core/projects/addition.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import { type RepositoryUrl, repositoryIn, showsLogin } from "../../core/projects/repository-url.ts";
import type { PromptStore } from "../../core/turns/prompts.ts";
import type { ChannelApi } from "../channel/channel-api.ts";
import { type InteractionHandler, interactionHandler, type Subject } from "../interactions/handler.ts";
import { escaped } from "../reply/tool-line.ts";
import { channelNameFor } from "../setup/project-channels.ts";
import type { AdditionRuns } from "./addition-runs.ts";
import { setUpForm, setUpQuestion, setUpText, takeSetUpForm, type WaitingProject } from "./set-up-view.ts";

export interface SetUpChannelDeps {
  /** The channel, when one is configured. */
  readonly channelId: () => Snowflake | undefined;
  readonly guildOf: (channelId: Snowflake) => Snowflake | undefined;
  /** The category that a channel stands in. */
  readonly categoryOf: (channelId: Snowflake) => Snowflake | undefined;
  readonly policy: () => AccessPolicy;
  readonly runs: AdditionRuns;
  /** Questions are kept as prompts are, so that a restart takes away their buttons. */
  readonly prompts: PromptStore;
  readonly channel: (channelId: Snowflake) => ChannelApi;
  /** Keeps the signs to those who may not few. */
  readonly mayShow: SignLimit;
  readonly events: Pick<Events, "emit">;
  readonly now: () => number;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
  /** How long it is waited for a press; only tests change it. */
  readonly confirmMs?: number;
}

export interface SetUpChannel {
  is(channelId: Snowflake): boolean;
  /** Whether a message there names a repository; other programs are not listened to. */
  isMeant(message: IncomingMessage): boolean;
  /**
   * Hears every message there, live or missed, and asks about a repository that an administrator has named. What may
   * not be lost is written down when it returns; throws when that can't be.
   */
  hear(message: IncomingMessage, fate: Fate): void;
  /** The question's buttons and form: `setup:<id>:<part>`. */
  readonly handler: InteractionHandler;
}

const CONFIRM_MS = 15 * 60_000;

/** An address of a repository in the set-up channel begins what `/add-project` does, with buttons. */
export function createSetUpChannel(deps: SetUpChannelDeps): SetUpChannel {
  const open = new Map<string, SetUp>();

  const begin = (message: IncomingMessage, guildId: Snowflake, url: RepositoryUrl): SetUp => {
    const { id, channelId } = message;
    const confirmMs = deps.confirmMs ?? CONFIRM_MS;
    const setUp: SetUp = {
      id,
      guildId,
      channelId,
      url,
      name: url.name,
      channelName: channelNameFor(url.name),
      model: undefined,
      untilMs: deps.now() + confirmMs,
      warning: undefined,
      messageId: undefined,
      timer: undefined,
    };
    const text = setUpText(setUp, deps.categoryOf(channelId));
    deps.prompts.opened({ id, turnId: "", conversationId: channelId, toolName: "add-project", text });
    open.set(id, setUp);
    setUp.timer = setTimeout(() => void end(setUp, "timed_out").catch(trouble(message)), confirmMs);
    setUp.timer.unref();
    return setUp;
  };

  const ask = async (setUp: SetUp, message: IncomingMessage) => {
    const { id, channelId } = setUp;
    try {
      setUp.warning = await hideLogin(message);
      const sent = { nonce: id, replyTo: id };
      setUp.messageId = await deps
        .channel(channelId)
        .create(setUpQuestion(setUp, deps.categoryOf(channelId)), sent);
      deps.prompts.posted(id, setUp.messageId);
    } catch (error) {
      await end(setUp, "withdrawn");
      throw error;
    }
  };

  const end = async (setUp: SetUp, state: "timed_out" | "withdrawn") => {
    if (!open.delete(setUp.id)) return;
    clearTimeout(setUp.timer);
    deps.prompts.decide(setUp.id, state);
    if (setUp.messageId === undefined) return;
    const content = `**${escaped(setUp.name)}** was not added: nobody confirmed it.`;
    await deps.channel(setUp.channelId).edit(setUp.messageId, { content });
  };

  /** What is to be said when a login stays where everybody can read it. */
  const hideLogin = async ({ id, channelId, content }: IncomingMessage): Promise<string | undefined> => {
    if (!showsLogin(content)) return undefined;
    return (await deps.channel(channelId).delete(id).then(yes, no)) ? undefined : UNSAFE;
  };

  const tellLate = async (message: IncomingMessage) => {
    const content = [TOO_LATE, (await hideLogin(message)) ?? []].flat().join("\n");
    await deps.channel(message.channelId).create({ content }, { nonce: message.id, replyTo: message.id });
  };

  const refuse = (message: IncomingMessage, guildId: Snowflake | undefined, reason: Refusal) => {
    const { id, channelId, author } = message;
    deps.events.emit({
      type: "message_refused",
      userId: author.userId,
      guildId,
      conversationId: channelId,
      messageId: id,
      projectName: undefined,
      action: "admin",
      reason,
    });
    if (!deps.mayShow(author.userId, channelId)) return;
    deps.log.info("refused a message", {
      message_id: id,
      conversation: channelId,
      user_id: author.userId,
      reason,
    });
    deps.channel(channelId).react(id, "🔒").catch(trouble(message));
  };

  const trouble = (message: IncomingMessage) => (error: unknown) => {
    const about = { conversation: message.channelId, message_id: message.id, user_id: message.author.userId };
    deps.log.warn("the set-up channel could not be answered", { ...about, error });
  };

  const handler = interactionHandler<Subject & { readonly setUp: SetUp; readonly part: string }>({
    action: "admin",
    subject: ({ input, guildId }) => {
      const [, id = "", part = ""] = "customId" in input ? input.customId.split(":") : [];
      const setUp = open.get(id);
      if (setUp === undefined || setUp.guildId !== guildId) return OVER;
      return { guildId, projects: [], setUp, part };
    },
    run: async ({ interaction, subject: { setUp, part }, answer }) => {
      if (part === "change") return answer.form(setUpForm(setUp));
      if (part === "form") {
        const fields = interaction.input.type === "modal" ? interaction.input.fields : {};
        const wrong = takeSetUpForm(setUp, fields);
        if (wrong !== undefined) return answer.whisper({ content: wrong });
        return answer.update(setUpQuestion(setUp, deps.categoryOf(setUp.channelId)));
      }
      if (!open.delete(setUp.id)) return answer.whisper({ content: OVER });
      clearTimeout(setUp.timer);
      const { userId } = interaction.actor;
      deps.prompts.decide(setUp.id, part === "yes" ? "allowed" : "denied", userId);
      if (part !== "yes") {
        return answer.update({
          content: `**${escaped(setUp.name)}** was not added: <@${userId}> decided against it.`,
        });
      }
      await deps.runs.run(wishOf(setUp, userId, deps.categoryOf(setUp.channelId)), answer.update);
    },
  });

  const is = (channelId: Snowflake) => channelId === deps.channelId();
  const isMeant = ({ author, content, isOrdinary }: IncomingMessage) =>
    isOrdinary && author.kind === "member" && repositoryIn(content) !== undefined;

  return {
    handler,
    is,
    isMeant,
    hear: (message, fate) => {
      const url = repositoryIn(message.content);
      if (!is(message.channelId) || !isMeant(message) || url === undefined) return;
      const guildId = deps.guildOf(message.channelId);
      const target = { guildId, project: undefined };
      const access = decideAccess(message.author, "admin", target, deps.policy(), deps.now());
      if (!access.allowed) return refuse(message, guildId, access.reason);
      // Discord may show a message twice.
      if (guildId === undefined || deps.prompts.find(message.id) !== undefined) return;
      if (isLeftOut(fate)) void tellLate(message).catch(trouble(message));
      else void ask(begin(message, guildId, url), message).catch(trouble(message));
    },
  };
}

/** What the channel asks about. */
interface SetUp extends WaitingProject {
  /** That of the message: it can be asked about once only, however often it is shown to us. */
  readonly id: Snowflake;
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  messageId: Snowflake | undefined;
  timer: NodeJS.Timeout | undefined;
}

const OVER = "This question is over. Post the address again.";

const TOO_LATE =
  "This address was posted while I was away, too long ago or before too many others to be asked about now. Post it " +
  "again if you still want the project.";

const UNSAFE =
  "⚠️ Your message shows a login, and I may not delete it (**Manage Messages**). Delete it, and change the password.";

function wishOf(setUp: SetUp, askedBy: Snowflake, categoryId: Snowflake | undefined): ProjectWish {
  return {
    name: setUp.name,
    source: { kind: "clone", url: setUp.url },
    place: { kind: "new_channel", name: setUp.channelName, categoryId },
    guildId: setUp.guildId,
    model: setUp.model,
    permissionMode: undefined,
    askedBy,
    askedIn: setUp.channelId,
  };
}

const yes = () => true;
const no = () => false;
