import type { Project } from "../../src/core/projects/project.ts";

/** A project as it is without any settings of its own. */
export function projectIn(channel: { readonly id: string }, own: Partial<Project> = {}): Project {
  return {
    name: "web",
    channelId: channel.id,
    projectDir: "/srv/web",
    allowedTools: [],
    model: undefined,
    systemPrompt: undefined,
    permissionMode: "default",
    mention: "required",
    threads: "isolate",
    access: undefined,
    ...own,
  };
}
