import type { FloodGate } from "../../core/access/flood.ts";
import { type IncomingMessage, type Routing, routeMessage } from "../../core/messages/inbound.ts";
import { type Material, NO_MATERIAL } from "../../core/messages/material.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { Ledger } from "../../core/turns/ledger.ts";
import type { Turn } from "../../core/turns/turn.ts";
import type { FloodSigns } from "./flood-signs.ts";
import { newTurn } from "./new-turn.ts";

export interface EditsDeps {
  readonly routing: () => Routing;
  readonly ledger: Ledger;
  /** What came with a turn's message, as it is known now. */
  readonly materialOf: (turnId: string) => Material | undefined;
  /** Whether a message that is edited after its turn has ended is run again. */
  readonly rerun: () => boolean;
  /** The same message with its author's roles; edits may come without. */
  readonly withAuthor: (message: IncomingMessage) => Promise<IncomingMessage>;
  /** Says when too much is asked. */
  readonly floods: FloodGate;
  /** Shows somebody who asked too much that this message is not run. */
  readonly flooded: FloodSigns;
  /** A turn that waits was edited or withdrawn. */
  readonly revised: (turn: Turn) => void;
  /** A turn was accepted: its conversation should look at the ledger. */
  readonly wake: (conversationId: Snowflake) => void;
  readonly newId: () => string;
  readonly now: () => number;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

export interface Edits {
  /** A message has a new form since `editedAtMs` (ms since the epoch). */
  edited(message: IncomingMessage, editedAtMs: number): void;
  deleted(messageIds: readonly Snowflake[]): void;
}

/**
 * What edits and deletes do to turns: one that waits takes the new form of its message or is withdrawn, one that
 * runs goes on as it was asked, and one that has ended stays as it is, unless the config says to run it again.
 */
export function createEdits(deps: EditsDeps): Edits {
  const { ledger, log } = deps;

  const withdraw = (turn: Turn, why: string) => {
    if (!ledger.move(turn.id, "withdraw")) return;
    log.info("withdrew a turn", { turn_id: turn.id, message_id: turn.messageId, why });
    deps.revised({ ...turn, state: "cancelled" });
  };

  const edited = (message: IncomingMessage, editedAtMs: number) => {
    const turn = ledger.ofMessage(message.id);
    if (turn === undefined || editedAtMs <= (turn.editedAtMs ?? 0)) return;
    const waits = isWaiting(turn) && turn.attempts === 0;
    if (!waits && (turn.end === undefined || !deps.rerun())) return;

    const route = routeMessage(message, deps.routing(), deps.now());
    if (route.kind !== "turn") {
      if (waits) withdraw(turn, `edited: ${"reason" in route ? route.reason : "nothing is asked"}`);
      return;
    }
    const { prompt } = route;
    const { material } = message;
    if (prompt === turn.prompt && fileIds(material) === fileIds(deps.materialOf(turn.id))) return;
    if (waits) {
      const thread = deps.materialOf(turn.id)?.thread;
      if (!ledger.revise(turn.id, { prompt, material: { ...material, thread }, editedAtMs })) return;
      log.info("a waiting turn was edited", { turn_id: turn.id, message_id: message.id });
      deps.revised({ ...turn, prompt, editedAtMs });
      return;
    }
    const { userId: authorId, kind } = message.author;
    const flood = deps.floods.begin({
      authorId,
      kind,
      projectName: route.project.name,
      conversationId: route.conversationId,
      atMs: editedAtMs,
    });
    if (flood !== undefined) return deps.flooded(message, route.project, flood);
    const again = ledger.accept({ ...newTurn(message, route, deps.newId()), material, editedAtMs });
    if (again === undefined) return;
    log.info("runs an edited message again", { turn_id: again.id, message_id: message.id });
    deps.wake(route.conversationId);
  };

  return {
    edited: (message, editedAtMs) => {
      if (message.author.kind === "webhook" || ledger.ofMessage(message.id) === undefined) return;
      if (message.author.guildId !== undefined) return edited(message, editedAtMs);
      deps.withAuthor(message).then(
        (whole) => edited(whole, editedAtMs),
        (error: unknown) => log.warn("an edit was passed over", { message_id: message.id, error }),
      );
    },
    deleted: (messageIds) => {
      for (const messageId of messageIds) {
        const turn = ledger.ofMessage(messageId);
        if (turn !== undefined && isWaiting(turn)) withdraw(turn, "deleted");
      }
    },
  };
}

function isWaiting({ state }: Turn): boolean {
  return state === "accepted" || state === "queued";
}

/** By id: their addresses are signed anew each time. */
function fileIds({ files }: Material = NO_MATERIAL): string {
  return files.map(({ id }) => id).join();
}
