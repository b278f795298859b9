import type { Snowflake } from "../../core/projects/project.ts";
import { projectNameProblem } from "../../core/projects/project-name.ts";
import type { RepositoryUrl } from "../../core/projects/repository-url.ts";
import { button, form, row } from "../channel/components.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { discordTime } from "../reply/amounts.ts";
import { escaped, inCode } from "../reply/tool-line.ts";
import { channelNameFor } from "../setup/project-channels.ts";
import { modelProblem } from "./model.ts";

/** A project that waits for an administrator's word, as its question shows it. */
export interface WaitingProject {
  readonly id: Snowflake;
  readonly url: RepositoryUrl;
  name: string;
  channelName: string;
  model: string | undefined;
  readonly untilMs: number;
  warning: string | undefined;
}

/** What is about to be added. */
export function setUpText(
  { url, name, channelName, model, warning }: WaitingProject,
  categoryId: Snowflake | undefined,
): string {
  const category = categoryId === undefined ? "" : `, under <#${categoryId}>`;
  return [
    `**Add a project from** \`${inCode(url.address)}\`**?**`,
    `- Project: **${escaped(name)}**`,
    `- Channel: a new one, **#${escaped(channelName)}**${category}`,
    `- Model: ${model === undefined ? "what Claude Code chooses" : `\`${inCode(model)}\``}`,
    ...(warning === undefined ? [] : [warning]),
  ].join("\n");
}

export function setUpQuestion(setUp: WaitingProject, categoryId: Snowflake | undefined): OutgoingMessage {
  const until = `-# For administrators, ${discordTime(setUp.untilMs, "R")} at the latest.`;
  const id = (part: string) => `setup:${setUp.id}:${part}`;
  return {
    content: `${setUpText(setUp, categoryId)}\n${until}`,
    components: [
      row(
        button(id("yes"), "Add it", { color: "green" }),
        button(id("change"), "Change…"),
        button(id("no"), "Cancel"),
      ),
    ],
  };
}

export function setUpForm({ id, name, channelName, model }: WaitingProject) {
  return form(`setup:${id}:form`, "Add a project", [
    { id: "name", label: "The project's name", maxLength: 60, value: name },
    { id: "channel", label: "The new channel's name", maxLength: 100, value: channelName },
    {
      id: "model",
      label: "Model",
      maxLength: 100,
      isOptional: true,
      ...(model === undefined ? {} : { value: model }),
    },
  ]);
}

/** Takes over what was typed, or says what is wrong with it. */
export function takeSetUpForm(
  setUp: WaitingProject,
  fields: Readonly<Record<string, string>>,
): string | undefined {
  const name = (fields.name ?? "").trim();
  const channelName = channelNameFor(fields.channel ?? "");
  const model = (fields.model ?? "").trim();
  const wrong = projectNameProblem(name) ?? (model === "" ? undefined : modelProblem(model));
  if (wrong !== undefined) return wrong;
  if (channelName === "") return "That is no name of a channel.";
  setUp.name = name;
  setUp.channelName = channelName;
  setUp.model = model === "" ? undefined : model;
  return undefined;
}
