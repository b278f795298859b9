import { CoordError } from "../../core/operations/errors.ts";
import type { ProjectWish } from "../../core/projects/addition.ts";
import type { PermissionMode } from "../../core/projects/project.ts";
import { repositoryUrl } from "../../core/projects/repository-url.ts";
import {
  type InteractionHandler,
  interactionHandler,
  type Subject,
  suggestionHandler,
} from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import { channelNameFor } from "../setup/project-channels.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { modelProblem, modelsLike } from "./model.ts";

/** `/add-project`: a channel gets a folder, which may be cloned first. It happens whole, or not at all. */
export function addProjectCommand({ additionRuns }: Pick<CommandsDeps, "additionRuns">): InteractionHandler {
  return interactionHandler<Subject & { readonly guildId: string }>({
    action: "admin",
    subject: ({ guildId }) =>
      guildId === undefined ? "This works only in a server." : { guildId, projects: [] },
    run: async ({ interaction, subject: { guildId }, answer }) => {
      const wish = wishOf(interaction, guildId);
      let isFirst = true;
      await additionRuns.run(wish, async (message) => {
        if (isFirst) await answer.reply(message);
        else await answer.update(message);
        isFirst = false;
      });
    },
  });
}

/** Models, and folders of `projects_root` that no project has yet. */
export function addProjectSuggestions(
  deps: Pick<CommandsDeps, "models" | "freeFolders">,
): InteractionHandler {
  return suggestionHandler<Subject>({
    action: "admin",
    subject: ({ guildId }) => ({ guildId, projects: [] }),
    suggest: async ({ input }) => {
      if (input.type !== "autocomplete") return [];
      const { name, typed } = input.focused;
      if (name === "model") return modelsLike(typed, deps);
      const folders = deps
        .freeFolders()
        .filter((folder) => folder.toLowerCase().includes(typed.toLowerCase()));
      return folders.filter(({ length }) => length <= 100).map((folder) => ({ name: folder, value: folder }));
    },
  });
}

/** Throws project_not_added for what can't be meant. */
function wishOf(
  { input, channelId, parentChannelId, actor }: IncomingInteraction,
  guildId: string,
): ProjectWish {
  const options = input.type === "command" ? input.options : {};
  const text = (name: string) => {
    const value = options[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const name = text("project_name") ?? "";
  const [url, directory, model, category] = [
    text("git_url"),
    text("directory"),
    text("model"),
    text("category"),
  ];
  const chosen = text("channel");
  if (url !== undefined && directory !== undefined) refuse("Give `git_url` or `directory`, not both.");
  if (chosen !== undefined && category !== undefined) {
    refuse("Give `channel` for one that is there, or `category` for a new one, not both.");
  }
  if (chosen === undefined && category === undefined && parentChannelId !== undefined) {
    refuse("A project belongs to a channel, not to a thread. Give `channel` or `category`.");
  }
  const wrongModel = model === undefined ? undefined : modelProblem(model);
  if (wrongModel !== undefined) refuse(wrongModel);
  const repository = url === undefined ? undefined : repositoryUrl(url);
  if (typeof repository === "string") refuse(repository);
  return {
    name,
    source:
      repository === undefined
        ? { kind: "folder", path: directory ?? name }
        : { kind: "clone", url: repository },
    place:
      category === undefined
        ? { kind: "channel", channelId: chosen ?? channelId }
        : { kind: "new_channel", name: channelNameFor(name), categoryId: category },
    guildId,
    model: model === "default" ? undefined : model,
    permissionMode: text("permission_mode") as PermissionMode | undefined,
    askedBy: actor.userId,
    askedIn: channelId,
  };
}

function refuse(message: string): never {
  throw new CoordError("project_not_added", message);
}
