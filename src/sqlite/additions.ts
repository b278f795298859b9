import type { Addition, AdditionJournal, PlannedFolder } from "../core/projects/addition.ts";
import type { Database } from "./database.ts";

/** Projects that are being added, each until it is there or undone. */
export function createAdditionJournal(db: Database): AdditionJournal {
  const insert = db.prepare(`
    INSERT INTO project_additions
      (id, project_name, guild_id, path, makes, channel_name, asked_by, asked_in, started_at)
    VALUES
      (@id, @projectName, @guildId, @path, @makes, @channelName, @askedBy, @askedIn, @startedAtMs)`);
  const setChannel = db.prepare("UPDATE project_additions SET channel_id = ? WHERE id = ?");
  const remove = db.prepare("DELETE FROM project_additions WHERE id = ?");
  const all = db.prepare(`
    SELECT id, project_name AS projectName, guild_id AS guildId, path, makes, channel_name AS channelName,
      channel_id AS madeChannelId, asked_by AS askedBy, asked_in AS askedIn, started_at AS startedAtMs
    FROM project_additions ORDER BY started_at`);

  return {
    begin: ({ folder, madeChannelId: _, channelName, ...addition }) => {
      insert.run({ ...addition, ...folder, channelName: channelName ?? null });
    },
    channelMade: (id, channelId) => {
      setChannel.run(channelId, id);
    },
    end: (id) => {
      remove.run(id);
    },
    open: () => (all.all() as AdditionRow[]).map(additionOf),
  };
}

interface AdditionRow extends PlannedFolder, Omit<Addition, "folder" | "channelName" | "madeChannelId"> {
  readonly channelName: string | null;
  readonly madeChannelId: string | null;
}

function additionOf({ path, makes, channelName, madeChannelId, ...row }: AdditionRow): Addition {
  return {
    ...row,
    folder: { path, makes },
    channelName: channelName ?? undefined,
    madeChannelId: madeChannelId ?? undefined,
  };
}
