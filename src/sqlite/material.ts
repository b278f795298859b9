import type { Material, MaterialStore, StoredPart } from "../core/messages/material.ts";
import type { Database } from "./database.ts";
import { IS_OPEN, OPEN_TURNS } from "./open-turns.ts";

/** What came with the messages of turns. Its rows are made by the ledger, together with the turn. */
export function createMaterialStore(db: Database): MaterialStore {
  const ofTurn = db.prepare("SELECT material, parts FROM turn_material WHERE turn_id = ?");
  const setParts = db.prepare("UPDATE turn_material SET parts = ? WHERE turn_id = ?");
  const inUse = db
    .prepare(`
    SELECT coalesce(message_id, rerun_message_id) FROM ${OPEN_TURNS}
    WHERE ${IS_OPEN} AND coalesce(message_id, rerun_message_id) IS NOT NULL`)
    .pluck();

  return {
    of: (turnId) => {
      const row = ofTurn.get(turnId) as { material: string; parts: string | null } | undefined;
      return (
        row && {
          material: JSON.parse(row.material) as Material,
          parts: row.parts === null ? undefined : (JSON.parse(row.parts) as StoredPart[]),
        }
      );
    },
    setParts: (turnId, parts) => {
      setParts.run(JSON.stringify(parts), turnId);
    },
    messagesInUse: () => new Set(inUse.all() as string[]),
  };
}
