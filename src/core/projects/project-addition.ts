import { CoordError } from "../operations/errors.ts";
import type { Events } from "../operations/events.ts";
import type { Addition, AdditionJournal, ProjectChannels, ProjectFolders, ProjectWish } from "./addition.ts";
import type { PermissionMode, Snowflake } from "./project.ts";
import { projectNameProblem } from "./project-name.ts";

export interface AdditionDeps {
  readonly folders: ProjectFolders;
  readonly channels: ProjectChannels;
  readonly journal: AdditionJournal;
  readonly projects: () => readonly { readonly name: string; readonly channelId: Snowflake }[];
  /** Writes the project into the configuration; from then on it is there. */
  readonly configure: (project: {
    readonly name: string;
    readonly channelId: Snowflake;
    readonly projectDir: string;
    readonly model: string | undefined;
    readonly permissionMode: PermissionMode | undefined;
  }) => Promise<void>;
  /** Whether the configuration, as it stands on disk, has this project, or may have it. */
  readonly isConfigured: (name: string, projectDir: string) => boolean;
  readonly newId: () => string;
  readonly now: () => number;
  readonly events: Pick<Events, "emit">;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

export interface AddedProject {
  readonly name: string;
  readonly channelId: Snowflake;
  readonly projectDir: string;
}

export interface Additions {
  /**
   * Adds a project whole, or throws and leaves nothing of it: project_not_added with a sentence for the person, or
   * the signal's reason. `onStep` hears what is being done.
   */
  add(
    wish: ProjectWish,
    options: { signal: AbortSignal; onStep: (text: string) => void },
  ): Promise<AddedProject>;
  /** Undoes what a process that died has left half done, and tells of each. Never rejects. */
  recover(tell: (addition: Addition) => Promise<void>): Promise<void>;
  /** Calls off what is under way; settles when all of it is undone. */
  stop(): Promise<void>;
}

/** Adds projects: each as one step that happens or does not, whatever fails and whenever the process dies. */
export function createAdditions(deps: AdditionDeps): Additions {
  const { folders, channels, journal, log } = deps;
  const stopping = new AbortController();
  const running = new Map<string, { wish: ProjectWish; done: Promise<unknown> }>();

  let recovering: Promise<void> = Promise.resolve();

  const add: Additions["add"] = async (wish, { signal: given, onStep }) => {
    // What an earlier process left must not stand in the way.
    recovering = recovering.then(() => settleLeft(async () => {}));
    await recovering;
    const signal = AbortSignal.any([given, stopping.signal]);
    refuseWhatIsTaken(wish, [
      ...deps.projects(),
      ...[...running.values()].map(({ wish: other }) => taken(other)),
    ]);
    const { place } = wish;
    const id = deps.newId();
    const { promise: done, resolve } = Promise.withResolvers<void>();
    running.set(id, { wish, done });
    try {
      const addition: Addition = {
        id,
        projectName: wish.name,
        guildId: wish.guildId,
        folder: folders.plan(wish),
        channelName: place.kind === "new_channel" ? place.name : undefined,
        madeChannelId: undefined,
        askedBy: wish.askedBy,
        askedIn: wish.askedIn,
        startedAtMs: deps.now(),
      };
      if (place.kind === "channel") await channels.check(place.channelId);
      journal.begin(addition);
      return await whole(addition, wish, signal, onStep);
    } finally {
      running.delete(id);
      resolve();
    }
  };

  const whole = async (
    addition: Addition,
    wish: ProjectWish,
    signal: AbortSignal,
    onStep: (text: string) => void,
  ): Promise<AddedProject> => {
    const { name, place, model, permissionMode } = wish;
    const projectDir = addition.folder.path;
    let madeChannelId: Snowflake | undefined;
    try {
      await folders.make(addition, wish.source, { signal, onProgress: onStep });
      signal.throwIfAborted();
      if (place.kind === "new_channel") {
        onStep("Making the channel");
        madeChannelId = await channels.make(addition, place.categoryId);
        journal.channelMade(addition.id, madeChannelId);
        signal.throwIfAborted();
      }
      const channelId = madeChannelId ?? (place.kind === "channel" ? place.channelId : "");
      await deps.configure({ name, channelId, projectDir, model, permissionMode });
      await settle(addition);
      log.info("added a project", { project: name, conversation: channelId, user_id: wish.askedBy });
      tellAdded(addition, channelId);
      return { name, channelId, projectDir };
    } catch (error) {
      log.warn("a project could not be added", { project: name, user_id: wish.askedBy, error });
      const left = await undo({ ...addition, madeChannelId });
      if (left !== undefined) throw withLeft(error, left);
      throw error;
    }
  };

  const tellAdded = ({ projectName, folder, askedBy, askedIn }: Addition, channelId: Snowflake) =>
    deps.events.emit({
      type: "changed",
      change: { kind: "project_added", channelId, projectDir: folder.path },
      userId: askedBy,
      conversationId: askedIn,
      projectName,
    });

  const channelOf = (name: string) => deps.projects().find((each) => each.name === name)?.channelId ?? "";

  /** After the configuration has it: what remains is housekeeping, and the next start does it if this fails. */
  const settle = async (addition: Addition) => {
    try {
      await folders.keep(addition);
      journal.end(addition.id);
    } catch (error) {
      log.warn("the marks of an addition could not be taken away yet", {
        project: addition.projectName,
        error,
      });
    }
  };

  /** A sentence about what could not be taken away; it is tried again at the next start. */
  const undo = async (addition: Addition): Promise<string | undefined> => {
    const { projectName: project, folder } = addition;
    try {
      // Written and yet failed: then it is there, and taking its folder away would break it.
      if (deps.isConfigured(project, folder.path)) return settle(addition).then(() => undefined);
      const channelId =
        addition.madeChannelId ??
        (addition.channelName === undefined ? undefined : await channels.find(addition));
      if (channelId !== undefined) await channels.remove(channelId);
      await folders.undo(addition);
      journal.end(addition.id);
      return undefined;
    } catch (error) {
      log.warn("what was made for a project could not be taken away", { project, error });
      return "Something of it could not be taken away; the bot tries that again at its next start.";
    }
  };

  const settleLeft = async (tell: (addition: Addition) => Promise<void>) => {
    for (const addition of journal.open()) {
      if (running.has(addition.id)) continue;
      const { projectName: project, folder } = addition;
      try {
        const isThere = deps.isConfigured(project, folder.path);
        const left = await undo(addition);
        log.info("an addition that was cut short is settled", { project, added: isThere, left });
        if (isThere) tellAdded(addition, addition.madeChannelId ?? channelOf(project));
        if (!isThere && left === undefined) await tell(addition);
      } catch (error) {
        log.warn("an addition that was cut short could not be settled", { project, error });
      }
    }
  };

  return {
    add,
    recover: (tell) => {
      recovering = recovering.then(() => settleLeft(tell));
      return recovering;
    },
    stop: async () => {
      stopping.abort(new CoordError("project_not_added", "The bot is being stopped."));
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

function taken({ name, place }: ProjectWish) {
  return { name, channelId: place.kind === "channel" ? place.channelId : undefined };
}

function refuseWhatIsTaken(
  { name, place }: ProjectWish,
  others: readonly { readonly name: string; readonly channelId: Snowflake | undefined }[],
): void {
  const refuse = (message: string) => {
    throw new CoordError("project_not_added", message);
  };
  const wrong = projectNameProblem(name);
  if (wrong !== undefined) refuse(wrong);
  if (others.some((other) => other.name === name)) refuse(`There is a project called ${name} already.`);
  if (place.kind !== "channel") return;
  const owner = others.find(({ channelId }) => channelId === place.channelId);
  if (owner !== undefined) {
    refuse(
      `<#${place.channelId}> belongs to the project ${owner.name} already. Choose another channel, or a category.`,
    );
  }
}

function withLeft(error: unknown, left: string): unknown {
  return error instanceof CoordError
    ? new CoordError(error.code, `${error.message} ${left}`, { cause: error.cause })
    : error;
}
