import type { PermissionMode, Snowflake } from "./project.ts";
import type { RepositoryUrl } from "./repository-url.ts";

/** A project that somebody wants to have. */
export interface ProjectWish {
  readonly name: string;
  readonly source:
    | { readonly kind: "clone"; readonly url: RepositoryUrl }
    /** A folder in `projects_root`, made if it is not there. */
    | { readonly kind: "folder"; readonly path: string };
  readonly place:
    | { readonly kind: "channel"; readonly channelId: Snowflake }
    | { readonly kind: "new_channel"; readonly name: string; readonly categoryId: Snowflake | undefined };
  readonly guildId: Snowflake;
  readonly model: string | undefined;
  readonly permissionMode: PermissionMode | undefined;
  readonly askedBy: Snowflake;
  /** Where it is told what became of it, if this process does not live to tell. */
  readonly askedIn: Snowflake;
}

/** What is known of an addition under way; written down before each step, so that a crash leaves nothing unknown. */
export interface Addition {
  readonly id: string;
  readonly projectName: string;
  readonly guildId: Snowflake;
  readonly folder: PlannedFolder;
  /** What a channel that is made for it is called; undefined when none is. */
  readonly channelName: string | undefined;
  /** The channel that was made for it. */
  readonly madeChannelId: Snowflake | undefined;
  readonly askedBy: Snowflake;
  readonly askedIn: Snowflake;
  readonly startedAtMs: number;
}

/** Where the project will be, and what is made there. */
export interface PlannedFolder {
  /** Absolute, without links in it. */
  readonly path: string;
  readonly makes: "clone" | "folder" | "nothing";
}

export interface AdditionJournal {
  begin(addition: Addition): void;
  channelMade(id: string, channelId: Snowflake): void;
  end(id: string): void;
  /** Those that have begun and not ended. */
  open(): readonly Addition[];
}

export interface ProjectFolders {
  /** Changes nothing. Throws project_not_added when the project can't be there. */
  plan(wish: ProjectWish): PlannedFolder;
  /** Makes it, marked as the addition's. What fails leaves nothing. */
  make(
    addition: Addition,
    source: ProjectWish["source"],
    options: { signal: AbortSignal; onProgress: (text: string) => void },
  ): Promise<void>;
  /** Takes away what `make` has made, at any point in it, and nothing else. */
  undo(addition: Addition): Promise<void>;
  /** It is to stay: takes away the mark. */
  keep(addition: Addition): Promise<void>;
}

export interface ProjectChannels {
  /** Throws project_not_added where the bot can't read or write. */
  check(channelId: Snowflake): Promise<void>;
  make(addition: Addition, categoryId: Snowflake | undefined): Promise<Snowflake>;
  /** The channel that `make` has made though nobody noted it, if nothing was said in it. */
  find(addition: Addition): Promise<Snowflake | undefined>;
  /** One that is gone already is no failure. */
  remove(channelId: Snowflake): Promise<void>;
}
