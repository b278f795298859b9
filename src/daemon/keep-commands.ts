import type { Snowflake } from "../core/projects/project.ts";

/** A project may be added in a guild of its own while the daemon runs. */
const INTERVAL_MS = 5_000;

/** Registers the commands in each guild that is served, once a run. Returns what stops it. */
export function keepCommands(options: {
  readonly guilds: () => ReadonlySet<Snowflake>;
  readonly register: (guildId: Snowflake) => Promise<boolean>;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}): () => void {
  const done = new Set<Snowflake>();
  const look = () => {
    for (const guildId of options.guilds()) {
      if (done.has(guildId)) continue;
      done.add(guildId);
      options.register(guildId).then(
        (changed) => changed && options.log.info("registered the commands", { guild_id: guildId }),
        (error: unknown) =>
          options.log.warn("the commands could not be registered", { guild_id: guildId, error }),
      );
    }
  };
  look();
  const timer = setInterval(look, INTERVAL_MS);
  return () => clearInterval(timer);
}
