import { CoordError } from "../../core/operations/errors.ts";
import type { ProjectWish } from "../../core/projects/addition.ts";
import type { AddedProject, Additions } from "../../core/projects/project-addition.ts";
import { button, row } from "../channel/components.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { type InteractionHandler, interactionHandler, type Subject } from "../interactions/handler.ts";
import { escaped, inCode } from "../reply/tool-line.ts";
import type { CommandsDeps } from "./commands-deps.ts";

/** Discord slows down whoever edits faster. */
const SHOWN_EVERY_MS = 1_500;

export interface AdditionRuns {
  /** Adds a project and shows in one message how far it is and what came of it. Rejects with what is a bug. */
  run(wish: ProjectWish, show: (message: OutgoingMessage) => Promise<void>): Promise<void>;
  /** The Cancel button under it, `add:<run>`. */
  readonly cancel: InteractionHandler;
}

export function createAdditionRuns(
  deps: { readonly additions: Pick<Additions, "add"> } & Pick<CommandsDeps, "post" | "newId">,
): AdditionRuns {
  const running = new Map<string, { wish: ProjectWish; abort: AbortController }>();

  const run: AdditionRuns["run"] = async (wish, show) => {
    const id = deps.newId();
    const abort = new AbortController();
    running.set(id, { wish, abort });
    const cancel = [row(button(`add:${id}`, "Cancel"))];
    const shown = paced((step) =>
      show({ content: `${beginning(wish)}\n-# ${escaped(step)} …`, components: cancel }),
    );
    try {
      await show({ content: beginning(wish), components: cancel });
      const added = await deps.additions.add(wish, { signal: abort.signal, onStep: shown.next });
      await shown.end();
      // The person may have put the message away meanwhile; the channel is told all the same.
      await show({ content: done(wish, added) }).catch(() => {});
      await deps.post(added.channelId, { content: welcome(added) }).catch(() => {});
    } catch (error) {
      await shown.end();
      const name = `**${escaped(wish.name)}**`;
      if (abort.signal.aborted) return void (await show({ content: `Cancelled: ${name} was not added.` }));
      const why = error instanceof CoordError ? ` ${error.message}` : "";
      await show({ content: `❌ ${name} was not added.${why}` });
      if (!(error instanceof CoordError)) throw error;
    } finally {
      running.delete(id);
    }
  };

  const cancel = interactionHandler<Subject & { readonly abort: AbortController }>({
    action: "admin",
    subject: ({ input, guildId }) => {
      const found = running.get("customId" in input ? (input.customId.split(":")[1] ?? "") : "");
      if (found === undefined) return "That is over.";
      if (found.wish.guildId !== guildId) return "That is over.";
      return { guildId, projects: [], abort: found.abort };
    },
    run: async ({ subject: { abort } }) => abort.abort(),
  });

  return { run, cancel };
}

function beginning({ name, source }: ProjectWish): string {
  const what = source.kind === "clone" ? `cloning \`${inCode(source.url.address)}\`` : "making its folder";
  return `⏳ Adding **${escaped(name)}**: ${what} …`;
}

function done({ source }: ProjectWish, { name, channelId, projectDir }: AddedProject): string {
  const login = source.kind === "clone" && source.url.login !== undefined;
  return [
    `✅ **${escaped(name)}** is there: <#${channelId}> works in \`${inCode(projectDir)}\`. Mention me there to begin.`,
    ...(login ? ["-# The login in the address was used for this clone only and is kept nowhere."] : []),
  ].join("\n");
}

function welcome({ name }: AddedProject): string {
  return (
    `This channel is now the project **${escaped(name)}**. Mention me with a question or a task, and Claude works on ` +
    "it in the project's own folder. `/help` says what else there is."
  );
}

/** Shows the newest text, not more often than Discord likes. */
function paced(show: (text: string) => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let latest = "";
  let showing: Promise<void> = Promise.resolve();
  return {
    next: (text: string) => {
      latest = text;
      timer ??= setTimeout(() => {
        timer = undefined;
        // How far it is may be missed; what comes of it may not.
        showing = showing.then(() => show(latest)).catch(() => {});
      }, SHOWN_EVERY_MS);
    },
    end: () => {
      clearTimeout(timer);
      return showing;
    },
  };
}
