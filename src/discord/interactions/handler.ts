import type { APIApplicationCommandOptionChoice } from "discord-api-types/v10";
import type { Action } from "../../core/access/access.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { InteractionAnswer } from "./answer.ts";
import type { IncomingInteraction } from "./incoming-interaction.ts";

/**
 * What an interaction would act on. A person is let through who may do it in at least one of `projects`, or by the
 * general rules where it concerns none.
 */
export interface Subject {
  readonly guildId: Snowflake | undefined;
  readonly projects: readonly Project[];
}

/**
 * Something that a person can do. It can't be registered without saying which right it needs and on what it acts:
 * the router asks decideAccess before `run` is called.
 */
export interface HandlerDefinition<S extends Subject> {
  readonly action: Action;
  /** Found again at every use; a sentence instead says to the person why there is nothing to act on. */
  readonly subject: (interaction: IncomingInteraction) => S | string;
  readonly run: (context: HandlerContext<S>) => Promise<void>;
  /** Whether a command's answer is seen by the person alone (the default) or by the channel. */
  readonly answers?: "privately" | "in_channel";
}

export interface HandlerContext<S extends Subject> {
  readonly interaction: IncomingInteraction;
  readonly subject: S;
  /** Those of the subject's projects in which this person may do it; empty only when it has none. */
  readonly projects: readonly Project[];
  readonly answer: InteractionAnswer;
  /** Whether this person may also do something else in the subject's first project. */
  readonly may: (action: Action) => boolean;
}

/** What to offer while somebody types in an option; at most 25 are shown. */
export interface SuggesterDefinition<S extends Subject> {
  readonly action: Action;
  readonly subject: (interaction: IncomingInteraction) => S | string;
  readonly suggest: (interaction: IncomingInteraction, subject: S) => Promise<readonly Choice[]>;
}

export type Choice = APIApplicationCommandOptionChoice<string>;

/** A definition whose kind of subject no longer shows, so that handlers of all kinds stand in one table. */
export interface InteractionHandler {
  readonly action: Action;
  readonly answers: "privately" | "in_channel";
  readonly open: (interaction: IncomingInteraction) => Opened | string;
}

export interface Opened {
  readonly subject: Subject;
  readonly run: (
    projects: readonly Project[],
    answer: InteractionAnswer,
    may: (action: Action) => boolean,
  ) => Promise<void>;
}

export function interactionHandler<S extends Subject>(definition: HandlerDefinition<S>): InteractionHandler {
  return {
    action: definition.action,
    answers: definition.answers ?? "privately",
    open: (interaction) => {
      const subject = definition.subject(interaction);
      if (typeof subject === "string") return subject;
      return {
        subject,
        run: (projects, answer, may) => definition.run({ interaction, subject, projects, answer, may }),
      };
    },
  };
}

/** A suggester as a handler like the others. */
export function suggestionHandler<S extends Subject>(definition: SuggesterDefinition<S>): InteractionHandler {
  return interactionHandler<S>({
    action: definition.action,
    subject: definition.subject,
    run: async ({ interaction, subject, answer }) => {
      await answer.suggest(await definition.suggest(interaction, subject));
    },
  });
}
