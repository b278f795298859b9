import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { OutgoingStore } from "../core/messages/outgoing.ts";
import type { Snowflake } from "../core/projects/project.ts";
import { fileKind } from "./file-kind.ts";
import { keepOutgoing, MOST_BYTES, MOST_FILES } from "./keep-outgoing.ts";
import { readOutgoingFile } from "./outgoing-file.ts";

export interface NamedImagesDeps {
  readonly store: OutgoingStore;
  /** Absolute; see SendFileDeps. */
  readonly root: string;
  readonly log: { info(message: string, fields?: object): void };
}

export interface FinishedAnswer {
  readonly conversationId: Snowflake;
  /** Absolute. */
  readonly projectDir: string;
  readonly answer: string;
  /** Pictures that are older were not made for this answer (ms since the epoch). */
  readonly sinceMs: number;
}

/** Sends pictures that Claude has made while it answered and names in its answer, without being told to. Never rejects. */
export function createNamedImages({ store, root, log }: NamedImagesDeps) {
  return async ({ conversationId, projectDir, answer, sinceMs }: FinishedAnswer): Promise<void> => {
    const roots = [projectDir, join(root, conversationId)];
    for (const path of imagePaths(answer)) {
      if (store.waiting(conversationId) >= MOST_FILES) return;
      try {
        // When its content or its name last changed: a copy may bear an older time.
        const { ctimeMs } = await stat(resolve(projectDir, path));
        if (ctimeMs < sinceMs - CLOCK_GRAIN_MS) continue;
        const file = await readOutgoingFile(path, { projectDir, roots, maxBytes: MOST_BYTES });
        if (file.looksSecret || fileKind(file.bytes)?.type !== "image") continue;
        const { isNew } = await keepOutgoing(file, conversationId, { store, root });
        if (isNew)
          log.info("took a picture to send", { conversation: conversationId, bytes: file.bytes.length });
      } catch (error) {
        // Most are not there, or not to be sent: nobody asked for them.
        log.info("a picture that is named is not sent", { conversation: conversationId, error });
      }
    }
  };
}

/** File systems note times by the tick of the kernel's clock. */
const CLOCK_GRAIN_MS = 20;

const MOST_NAMES = 50;
const IMAGE = String.raw`\.(?:png|jpe?g|gif|webp)`;
/** In code or as the target of a link or picture, where a name may have blanks in it; addresses; names among words. */
const NAME = new RegExp(
  [
    `\`([^\`\\n]+${IMAGE})\``,
    `\\]\\(<?([^()<>\\n]+${IMAGE})>?(?:\\s[^()]*)?\\)`,
    "[a-z]+://[^\\s)]+",
    `(?<![^\\s"'(*_=:])([^\\s\`"'()<>[\\]*|=:]+${IMAGE})(?![\\w/]|\\.\\w)`,
  ].join("|"),
  "gi",
);

/** What a text names that may be a picture in a folder, in the order of the text. */
export function imagePaths(text: string): string[] {
  const names = [...text.matchAll(NAME)].map(([, code, target, word]) => code ?? target ?? word ?? "");
  const paths = names
    .map((name) => name.trim().replace(/^file:\/\//, ""))
    .filter((path) => path !== "" && !/^[a-z]+:\/\//i.test(path));
  return [...new Set(paths)].slice(0, MOST_NAMES);
}
