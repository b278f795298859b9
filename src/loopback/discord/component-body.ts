import { z } from "zod";

/** A message's top-level components. */
export const componentsBody = z.array(z.looseObject({ type: z.number().int() })).max(40);
