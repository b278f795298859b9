import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { checkConfig } from "../../config/load.ts";
import { createSignLimit } from "../../core/access/sign-limit.ts";
import { type Additions, createAdditions } from "../../core/projects/project-addition.ts";
import { createChannelApi } from "../../discord/channel/channel-api.ts";
import { type AdditionRuns, createAdditionRuns } from "../../discord/commands/addition-runs.ts";
import { createSetUpChannel, type SetUpChannel } from "../../discord/commands/set-up-channel.ts";
import type { Gateway } from "../../discord/gateway/gateway.ts";
import { escaped } from "../../discord/reply/tool-line.ts";
import { createProjectChannels } from "../../discord/setup/project-channels.ts";
import { cloneRepository } from "../../git/clone.ts";
import type { DaemonContext } from "../context.ts";
import { gitProcess } from "../git-process.ts";
import { accessPolicy } from "../messages/access-policy.ts";
import { createPost } from "../turns/post.ts";
import type { ConfigEdits } from "./config-edits.ts";
import { createProjectFolders } from "./project-folders.ts";

/** An interaction can be answered for 15 minutes; the person is to read what came of it. */
const CLONE_TIMEOUT_MS = 10 * 60_000;

export interface OpenAdditions extends Additions {
  readonly runs: AdditionRuns;
  readonly setUpChannel: SetUpChannel;
  /** Folders of `projects_root` in which no project is, by name. */
  freeFolders(): readonly string[];
}

/** Adding projects from Discord: clones, channels and the configuration, as one step. */
export function openAdditions(
  { config, paths, env, stores, events, log }: DaemonContext,
  gateway: Gateway,
  edits: ConfigEdits,
): OpenAdditions {
  const where = { path: paths.config, env, needsToken: false };
  const root = () => config().projectsRoot;
  const git = gitProcess({ paths, env });
  const additions = createAdditions({
    folders: createProjectFolders({
      root,
      clone: async (url, into, options) => {
        const [marked, launcher] = await Promise.all([git.env(), git.launcher()]);
        await cloneRepository({ url, into, env: marked, launcher, timeoutMs: CLONE_TIMEOUT_MS, ...options });
      },
    }),
    channels: createProjectChannels(gateway.rest, { botId: () => gateway.bot().userId, now: Date.now }),
    journal: stores.additions,
    projects: () => config().projects,
    configure: ({ name, channelId, projectDir, model, permissionMode }) =>
      edits.addProject({
        name,
        channel_id: channelId,
        project_dir: projectDir,
        ...(model === undefined ? {} : { model }),
        ...(permissionMode === undefined ? {} : { permission_mode: permissionMode }),
      }),
    isConfigured: (name, projectDir) => {
      const checked = checkConfig(where);
      // In a file that somebody is just changing, what may be ours is left alone.
      if (!checked.ok) return textOf(paths.config).includes(projectDir);
      const { projects } = checked.config;
      return projects.some((project) => project.name === name && project.projectDir === projectDir);
    },
    newId: () => randomBytes(6).toString("hex"),
    now: Date.now,
    events,
    log,
  });
  const runs = createAdditionRuns({
    additions,
    post: createPost(gateway),
    newId: () => randomBytes(9).toString("base64url"),
  });
  const setUpChannel = createSetUpChannel({
    channelId: () => config().setupChannelId,
    guildOf: gateway.guildOf,
    categoryOf: gateway.categoryOf,
    policy: () => accessPolicy(config(), gateway.guildOf),
    runs,
    prompts: stores.prompts,
    channel: (channelId) => createChannelApi(gateway.rest, channelId),
    mayShow: createSignLimit(Date.now),
    events,
    now: Date.now,
    log,
  });
  return {
    ...additions,
    runs,
    setUpChannel,
    freeFolders: () => {
      const used = new Set(config().projects.map(({ projectDir }) => projectDir));
      return foldersIn(root())
        .filter(({ path }) => !used.has(path))
        .map(({ name }) => name);
    },
  };
}

/** Settles what an earlier daemon left half done, and tells those who had asked for it. */
export async function recoverAdditions(additions: Additions, gateway: Gateway): Promise<void> {
  await additions.recover(async ({ id, projectName, askedBy, askedIn }) => {
    const content =
      `<@${askedBy}> The bot was restarted while it added **${escaped(projectName)}**. What it had made for it is gone ` +
      "again; run `/add-project` once more.";
    const channel = createChannelApi(gateway.rest, askedIn);
    await channel.create({ content, pings: [askedBy] }, { nonce: `undone-${id}` });
  });
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function foldersIn(root: string): { name: string; path: string }[] {
  try {
    const real = realpathSync(root);
    return readdirSync(real, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => ({ name, path: join(real, name) }));
  } catch {
    return [];
  }
}
