import type { Project, Snowflake } from "../../core/projects/project.ts";
import { button, row } from "../channel/components.ts";
import {
  type HandlerContext,
  type InteractionHandler,
  interactionHandler,
  type Subject,
  suggestionHandler,
} from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import { tellChange } from "../interactions/tell-change.ts";
import { escaped, inCode } from "../reply/tool-line.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { copiesThatStay, leftCopies } from "./worktree-view.ts";

const CONFIRM_MS = 60_000;

export type RemoveProjectDeps = Pick<
  CommandsDeps,
  | "projects"
  | "guildOf"
  | "conversation"
  | "ledger"
  | "sessions"
  | "agents"
  | "removeProject"
  | "worktreesOf"
  | "post"
  | "events"
  | "newId"
  | "confirmMs"
>;

interface ProjectSubject extends Subject {
  readonly project: Project;
}

interface Choice extends ProjectSubject {
  readonly id: string;
  readonly confirmed: boolean;
}

/** `/remove-project` and its two buttons, `remove:yes:<question>` and `remove:no:…`. What was made stays. */
export function removeProjectHandlers(deps: RemoveProjectDeps): {
  command: InteractionHandler;
  suggestions: InteractionHandler;
  button: InteractionHandler;
} {
  const waiting = new Map<string, { name: string; timer: NodeJS.Timeout }>();
  const ofGuild = (guildId: Snowflake | undefined) =>
    deps.projects().filter(({ channelId }) => deps.guildOf(channelId) === guildId);

  const confirm = async ({ subject: { project }, answer }: HandlerContext<ProjectSubject>) => {
    const id = deps.newId();
    const text = question(project, deps);
    const timer = setTimeout(() => {
      waiting.delete(id);
      const content = `${text}\n-# Not removed: nobody confirmed it within a minute.`;
      // The person may have put the message away: then there is nothing to change.
      answer.update({ content }).catch(() => {});
    }, deps.confirmMs ?? CONFIRM_MS);
    timer.unref();
    waiting.set(id, { name: project.name, timer });
    const buttons = row(
      button(`remove:yes:${id}`, "Yes, remove", { color: "red" }),
      button(`remove:no:${id}`, "Cancel"),
    );
    await answer.reply({ content: text, components: [buttons] });
  };

  const remove = async ({ subject, interaction, answer }: HandlerContext<Choice>) => {
    const { project, id, confirmed } = subject;
    const asked = waiting.get(id);
    if (asked === undefined) return answer.update({ content: OVER });
    waiting.delete(id);
    clearTimeout(asked.timer);
    if (!confirmed) return answer.update({ content: "Nothing was removed." });
    await deps.removeProject(project.name);
    const { name, channelId, projectDir } = project;
    const where = { projectName: name, conversationId: interaction.channelId };
    tellChange(interaction, where, { kind: "project_removed", channelId, projectDir }, deps);
    await Promise.all(conversationsOf(project, deps).map((conversationId) => letGo(conversationId, deps)));
    const content = [
      `**${escaped(name)}** is removed. Its folder \`${inCode(projectDir)}\` and its sessions are still there.`,
      ...leftCopies(deps.worktreesOf(name)),
    ].join("\n");
    await answer.update({ content });
    const told = `-# <@${interaction.actor.userId}> removed the project **${escaped(name)}**; I no longer answer here.`;
    await deps.post(channelId, { content: told }).catch(() => {});
  };

  return {
    command: interactionHandler<ProjectSubject>({
      action: "admin",
      subject: (interaction) => {
        const { guildId, channelId } = interaction;
        const name = chosenName(interaction);
        const projects = ofGuild(guildId);
        const project = projects.find((each) =>
          name === undefined ? each.channelId === channelId : each.name === name,
        );
        if (project !== undefined) return { guildId, projects: [project], project };
        return name === undefined
          ? "This channel belongs to no project. Give `project_name`."
          : "There is no project of that name here.";
      },
      run: confirm,
    }),
    suggestions: suggestionHandler<Subject>({
      action: "admin",
      subject: ({ guildId }) => ({ guildId, projects: ofGuild(guildId) }),
      suggest: async ({ input }, { projects }) => {
        const typed = input.type === "autocomplete" ? input.focused.typed.toLowerCase() : "";
        const names = projects.map(({ name }) => name).filter((name) => name.toLowerCase().includes(typed));
        return names.map((name) => ({ name, value: name }));
      },
    }),
    button: interactionHandler<Choice>({
      action: "admin",
      subject: ({ input, guildId }) => {
        const [, choice, id = ""] = "customId" in input ? input.customId.split(":") : [];
        const project = ofGuild(guildId).find(({ name }) => name === waiting.get(id)?.name);
        if (project === undefined) return OVER;
        return { guildId, projects: [project], project, id, confirmed: choice === "yes" };
      },
      run: remove,
    }),
  };
}

const OVER = "That question is over. Run `/remove-project` again.";

function chosenName({ input }: IncomingInteraction): string | undefined {
  const name = input.type === "command" ? input.options.project_name : undefined;
  return typeof name === "string" ? name.trim() : undefined;
}

function question(project: Project, deps: RemoveProjectDeps): string {
  const { name, channelId, projectDir } = project;
  const conversations = conversationsOf(project, deps);
  const sessions = deps.sessions.list().filter(({ projectName }) => projectName === name).length;
  const turns = conversations.flatMap((conversationId) => deps.ledger.open(conversationId)).length;
  return [
    `**Remove the project ${escaped(name)}?** I no longer answer in <#${channelId}>.`,
    `- The folder \`${inCode(projectDir)}\` stays as it is, and so does the channel.`,
    sessions === 0
      ? "- It has no session."
      : `- ${count(sessions, "session")} stay${sessions === 1 ? "s" : ""}: add the project again for this channel, and Claude remembers.`,
    ...copiesThatStay(deps.worktreesOf(name)),
    ...(turns === 0
      ? []
      : [
          `- ${count(turns, "question")} that run${turns === 1 ? "s" : ""} or wait${turns === 1 ? "s" : ""} will be cancelled.`,
        ]),
  ].join("\n");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Where the project has a session, or something to do. */
function conversationsOf({ name }: Project, { sessions, ledger }: RemoveProjectDeps): Snowflake[] {
  const all = [...sessions.list(), ...ledger.unfinishedConversations()];
  return [
    ...new Set(all.filter(({ projectName }) => projectName === name).map((each) => each.conversationId)),
  ];
}

async function letGo(conversationId: Snowflake, deps: RemoveProjectDeps): Promise<void> {
  const conversation = deps.conversation(conversationId);
  // The newest first: none of them may begin because the one before it has ended.
  for (const { id } of deps.ledger.open(conversationId).toReversed()) conversation.cancel(id);
  await deps.agents.end(conversationId);
}
