import {
  type Choice,
  type InteractionHandler,
  interactionHandler,
  suggestionHandler,
} from "../interactions/handler.ts";
import { tellChange } from "../interactions/tell-change.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type ConversationSubject, conversationSubject } from "./conversation-subject.ts";

/** They stay what they are while the models behind them change. */
const ALIASES = ["sonnet", "opus", "haiku"];
const DEFAULT = "default";
/** What the CLI takes: names, cloud ids with colons and slashes, `[1m]`. */
const MODEL = /^[\w.:/@[\]-]{1,100}$/;

/** `/model [name]`: shows the channel's model, or changes it from the next message on, also after a restart. */
export function modelCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<ConversationSubject>({
    action: "manage",
    answers: "in_channel",
    subject: (interaction) => conversationSubject(interaction, deps),
    run: async ({ interaction, subject: { project, conversationId }, answer }) => {
      const { input } = interaction;
      const name = input.type === "command" ? input.options.name : undefined;
      const before = project.model ?? DEFAULT;
      if (typeof name !== "string") {
        const known = choices(deps).map(({ value }) => `\`${value}\``);
        return answer.reply({
          content: `**${project.name}** uses \`${before}\`. To choose: ${known.join(", ")}.`,
        });
      }
      const wanted = name.trim();
      const wrong = modelProblem(wanted);
      if (wrong !== undefined) return answer.whisper({ content: wrong });
      const after = wanted === DEFAULT ? undefined : wanted;
      await deps.setModel(project.name, after);
      const where = { projectName: project.name, conversationId };
      tellChange(interaction, where, { kind: "model", before: project.model, after }, deps);
      const known = choices(deps).some(({ value }) => value === wanted);
      const doubt = known ? "" : "\n-# I don't know this name; Claude will say so if it does not either.";
      const content = `**${project.name}** uses \`${wanted}\` (before: \`${before}\`) from the next message on.${doubt}`;
      await answer.reply({ content });
    },
  });
}

export function modelSuggestions(deps: CommandsDeps): InteractionHandler {
  return suggestionHandler<ConversationSubject>({
    action: "manage",
    subject: (interaction) => conversationSubject(interaction, deps),
    suggest: async ({ input }) => modelsLike(input.type === "autocomplete" ? input.focused.typed : "", deps),
  });
}

/** What is wrong with a model's name; undefined for what the CLI takes, whether or not there is such a model. */
export function modelProblem(name: string): string | undefined {
  return MODEL.test(name) ? undefined : "That is no name of a model.";
}

/** Models to offer while somebody types. */
export function modelsLike(typed: string, deps: Pick<CommandsDeps, "models">): Choice[] {
  return choices(deps).filter(({ name, value }) =>
    `${name} ${value}`.toLowerCase().includes(typed.toLowerCase()),
  );
}

/** Aliases first, then what the CLI offers. */
function choices(deps: Pick<CommandsDeps, "models">): Choice[] {
  const offered = deps.models().filter(({ value }) => !ALIASES.includes(value) && value !== DEFAULT);
  return [
    ...ALIASES.map((alias) => ({ name: alias, value: alias })),
    { name: "default (Claude Code chooses)", value: DEFAULT },
    ...offered.map(({ value, displayName }) => ({ name: `${displayName} (${value})`.slice(0, 100), value })),
  ];
}
