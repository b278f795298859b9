import type { REST } from "discord.js";
import { type AccessPolicy, type Action, decideAccess, type Refusal } from "../../core/access/access.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { Events } from "../../core/operations/events.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import { type AcknowledgedAnswer, createAnswer } from "./answer.ts";
import { interactionFailedText } from "./failure-text.ts";
import type { InteractionHandler } from "./handler.ts";
import type { IncomingInteraction } from "./incoming-interaction.ts";
import { refusalText } from "./refusal-text.ts";

export interface InteractionHandlers {
  /** By the command's name; also the names of context menu entries. */
  readonly commands: Readonly<Record<string, InteractionHandler>>;
  /** Suggestions by the command's name. */
  readonly suggestions: Readonly<Record<string, InteractionHandler>>;
  /** Buttons, menus and forms by what stands before the first colon of their custom_id: `run` for `run:<turn id>`. */
  readonly components: Readonly<Record<string, InteractionHandler>>;
}

export interface InteractionsDeps {
  readonly handlers: InteractionHandlers;
  readonly rest: REST;
  readonly projects: () => readonly Project[];
  readonly policy: () => AccessPolicy;
  /** The guild of a channel, as far as Discord has told. */
  readonly guildOf: (channelId: Snowflake) => Snowflake | undefined;
  readonly now: () => number;
  /** Records a failure in the log and returns the id under which it is found there. */
  readonly report: (what: string, detail: unknown, fields: object) => string;
  readonly events: Pick<Events, "emit">;
  readonly log: {
    info(message: string, fields?: object): void;
    debug(message: string, fields?: object): void;
  };
  /** Only tests change it. */
  readonly deferAfterMs?: number;
}

/** Discord waits three seconds; this leaves two for the way there. */
const DEFER_AFTER_MS = 1_000;

/**
 * Takes every interaction to its handler, after asking whether this person may. Each is acknowledged in time; what
 * goes wrong is told privately with an error id. The returned function never rejects.
 */
export function createInteractions(
  deps: InteractionsDeps,
): (interaction: IncomingInteraction) => Promise<void> {
  return async (interaction) => {
    const about = describe(interaction);
    const handler = handlerOf(deps.handlers, interaction);
    const answer = createAnswer({
      rest: deps.rest,
      interaction,
      inChannel: handler?.answers === "in_channel",
      deferAfterMs: deps.deferAfterMs ?? DEFER_AFTER_MS,
      onTrouble: (error) => deps.log.debug("an interaction could not be put off", { ...about, error }),
    });
    try {
      await serve(handler, interaction, answer, deps, about);
      await answer.finish();
    } catch (error) {
      const tell = (content: string) =>
        answer.whisper({ content }).catch((again: unknown) => {
          deps.log.debug("a failed interaction could not be answered", { ...about, error: again });
        });
      // What a person can put right is said as it is; it is no failure of ours.
      if (error instanceof CoordError) {
        await tell(error.message);
        return;
      }
      const errorId = deps.report("an interaction failed", error, about);
      await tell(interactionFailedText(errorId));
    }
  };
}

async function serve(
  handler: InteractionHandler | undefined,
  interaction: IncomingInteraction,
  answer: AcknowledgedAnswer,
  deps: InteractionsDeps,
  about: object,
): Promise<void> {
  const tell = async (content: string) => {
    if (interaction.input.type === "autocomplete") await answer.suggest([]);
    else await answer.whisper({ content });
  };
  const opened = handler?.open(interaction);
  if (handler === undefined || opened === undefined) return tell("This does nothing any more.");

  // That there is nothing to act on, and why, is told only to those who may act on something here.
  const inGuild = () =>
    deps.projects().filter(({ channelId }) => deps.guildOf(channelId) === interaction.guildId);
  const { guildId, projects } =
    typeof opened === "string" ? { guildId: interaction.guildId, projects: inGuild() } : opened.subject;
  const decide = (project: Project | undefined, action = handler.action) => {
    // Where a project is, its channel says, whatever the interaction or an old turn says.
    const target = { guildId: project === undefined ? guildId : deps.guildOf(project.channelId), project };
    return decideAccess(interaction.actor, action, target, deps.policy(), deps.now());
  };
  const allowed = projects.filter((project) => decide(project).allowed);
  const tellEvents = (on: readonly Project[], reason: Refusal | undefined) => {
    if (interaction.input.type === "autocomplete") return;
    const { actor, channelId } = interaction;
    deps.events.emit({
      type: "interaction",
      userId: actor.userId,
      guildId: actor.guildId,
      conversationId: channelId,
      name: nameOf(interaction),
      action: handler.action,
      projectNames: on.map(({ name }) => name),
      reason,
    });
  };
  const may = (action: Action) => decide(allowed[0], action).allowed;
  if (allowed.length === 0) {
    // What concerns no project, as adding one, is judged by the general rules alone.
    const decision = decide(projects[0]);
    if (!decision.allowed) {
      tellEvents(projects, decision.reason);
      deps.log.info("refused an interaction", { ...about, action: handler.action, reason: decision.reason });
      return tell(refusalText(decision.reason, handler.action));
    }
  }
  if (typeof opened === "string") return tell(opened);
  tellEvents(allowed, undefined);
  if (interaction.input.type !== "autocomplete") deps.log.info("an interaction", about);
  await opened.run(allowed, answer, may);
}

function handlerOf(
  { commands, suggestions, components }: InteractionHandlers,
  interaction: IncomingInteraction,
): InteractionHandler | undefined {
  const { input } = interaction;
  const table = input.type === "autocomplete" ? suggestions : "name" in input ? commands : components;
  const name = nameOf(interaction);
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The command's name, or what stands before the first colon of a component's custom_id. */
function nameOf({ input }: IncomingInteraction): string {
  return "name" in input ? input.name : (input.customId.split(":", 1)[0] ?? "");
}

function describe({ id, actor, channelId, input }: IncomingInteraction): object {
  const what = "customId" in input ? { custom_id: input.customId } : { command: input.name };
  return { interaction_id: id, kind: input.type, ...what, user_id: actor.userId, conversation: channelId };
}
