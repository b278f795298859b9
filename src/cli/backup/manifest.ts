import { z } from "zod";
import { CoordError } from "../../core/operations/errors.ts";

const manifestSchema = z.object({
  format: z.literal(1),
  created_at: z.string(),
  host: z.string(),
  /** The config's secrets that are not in the backup: `discord.token`. */
  left_out: z.array(z.string()).default([]),
});

/** What a backup says about itself. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads a manifest. Throws usage for one that a newer claude-coord wrote, or that nobody did. */
export function readManifest(text: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CoordError(
      "usage",
      "The backup's manifest can't be read: a newer claude-coord may have written it.",
      {
        cause,
      },
    );
  }
}
