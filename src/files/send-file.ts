import { createHash, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentSpec, HostTool } from "../core/agent.ts";
import type { ToolAnswer } from "../core/host-tools.ts";
import type { OutgoingStore } from "../core/outgoing.ts";
import { NotSendable, type ReadableFile, readOutgoingFile } from "./outgoing-file.ts";
import { safeName } from "./safe-name.ts";

export interface SendFileDeps {
  readonly store: OutgoingStore;
  /** Absolute; copies go to `<root>/<conversation>/out-<uuid>/`. */
  readonly root: string;
  readonly log: { info(message: string, fields?: object): void };
}

/** The tool by which Claude gives people a file, as Claude is told of it. */
export const SEND_FILE: HostTool = {
  name: "send_file",
  description:
    "Sends a file to the people in this Discord channel. It is shown below your answer when you have finished; " +
    "pictures are shown as such. Use it when somebody wants to see or have a file, picture, log or document. Only " +
    "regular files of the project, at most 10 MB each, and never secrets.",
  inputSchema: {
    type: "object",
    properties: {
      path: { type: "string", description: "Absolute, or relative to the project's directory." },
    },
    required: ["path"],
    additionalProperties: false,
  },
};

/** Discord takes 10 MiB from a bot; a request has some more around it. */
const MOST_BYTES = 10_000_000;
const MOST_FILES = 20;

/** Does what SEND_FILE promises: takes a copy, which is sent with the answer. */
export function createSendFile({ store, root, log }: SendFileDeps) {
  return async (spec: AgentSpec, input: Readonly<Record<string, unknown>>): Promise<ToolAnswer> => {
    const { conversationId, projectDir } = spec;
    const { path } = input;
    if (typeof path !== "string" || path === "") return refused("The path is missing.");
    if (store.waiting(conversationId) >= MOST_FILES)
      return refused(`Not sent: an answer takes at most ${MOST_FILES} files.`);
    let file: ReadableFile;
    try {
      const roots = [projectDir, join(root, conversationId)];
      file = await readOutgoingFile(path, { projectDir, roots, maxBytes: MOST_BYTES });
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      log.info("refused to send a file", { conversation: conversationId, reason: error.message });
      return refused(`Not sent: ${error.message}.`);
    }
    const kept = await keep(file, conversationId, { store, root });
    log.info("took a file to send", { conversation: conversationId, bytes: file.bytes.length });
    return kept;
  };
}

async function keep(
  { name, bytes }: ReadableFile,
  conversationId: string,
  { store, root }: Pick<SendFileDeps, "store" | "root">,
): Promise<ToolAnswer> {
  const folder = join(root, conversationId, `out-${randomUUID()}`);
  const shownName = safeName(name, new Set());
  const path = join(folder, shownName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path, bytes, { mode: 0o600 });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const isNew = store.add(conversationId, { name: shownName, path, sizeBytes: bytes.length, sha256 });
  const told = isNew ? "will be shown below your answer" : "is among the files below your answer already";
  return { text: `${shownName} ${told}.`, isError: false };
}

function refused(text: string): ToolAnswer {
  return { text, isError: true };
}
