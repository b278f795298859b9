import { join } from "node:path";
import type { HostTool } from "../core/agents/agent.ts";
import type { ToolAnswer, ToolCall } from "../core/agents/host-tools.ts";
import type { OutgoingStore } from "../core/messages/outgoing.ts";
import { secretsInFile } from "../core/secrets/file-secrets.ts";
import type { Redactor } from "../core/secrets/redactor.ts";
import { keepOutgoing, MOST_BYTES, MOST_FILES } from "./keep-outgoing.ts";
import { NotSendable, type ReadableFile, readOutgoingFile } from "./outgoing-file.ts";

export interface SendFileDeps {
  readonly store: OutgoingStore;
  /** Absolute; copies go to `<root>/<conversation>/out-<uuid>/`. */
  readonly root: string;
  readonly redactor: Redactor;
  /** There is a secret of ours in a file that Claude wanted to send. */
  readonly onSecret: (conversationId: string) => void;
  readonly log: { info(message: string, fields?: object): void };
}

/** The tool by which Claude gives people a file, as Claude is told of it. */
export const SEND_FILE: HostTool = {
  name: "send_file",
  description:
    "Sends a file to the people in this Discord channel. It is shown below your answer when you have finished; " +
    "pictures are shown as such. Use it when somebody wants to see or have a file, picture, log or document. Only " +
    "regular files of the project, at most 10 MB each. A file that looks like a secret (keys, credentials, .env) is " +
    "sent only if a person allows it when asked.",
  inputSchema: {
    type: "object",
    properties: {
      path: { type: "string", description: "Absolute, or relative to the project's directory." },
    },
    required: ["path"],
    additionalProperties: false,
  },
};

/** Does what SEND_FILE promises: takes a copy, which is sent with the answer. */
export function createSendFile({ store, root, redactor, onSecret, log }: SendFileDeps) {
  return async ({ spec, input, ask }: Pick<ToolCall, "spec" | "input" | "ask">): Promise<ToolAnswer> => {
    const { conversationId, projectDir } = spec;
    const about = { conversation: conversationId };
    const isFull = () => store.waiting(conversationId) >= MOST_FILES;
    const { path } = input;
    if (typeof path !== "string" || path === "") return refused("The path is missing.");
    if (isFull()) return refused(FULL);
    let file: ReadableFile;
    try {
      const roots = [projectDir, join(root, conversationId)];
      file = await readOutgoingFile(path, { projectDir, roots, maxBytes: MOST_BYTES });
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      log.info("refused to send a file", { ...about, reason: error.message });
      return refused(`Not sent: ${error.message}.`);
    }
    const secrets = await secretsInFile(file.bytes, redactor);
    if (secrets.heldOwn) {
      onSecret(conversationId);
      return refused("Not sent: there is a secret of the bot in it.");
    }
    if (file.looksSecret || secrets.kinds.length > 0) {
      // What was read by now is what is allowed, whatever the file becomes while people think.
      const { name, place, bytes } = file;
      const answer = await ask({ name, place, sizeBytes: bytes.length });
      log.info("a file that looks like a secret", { ...about, answer: answer.behavior });
      if (answer.behavior === "deny")
        return refused(`Not sent, since it looks like a secret. ${answer.message}`);
      if (isFull()) return refused(FULL);
    }
    const { shownName, isNew } = await keepOutgoing(file, conversationId, { store, root });
    log.info("took a file to send", { ...about, bytes: file.bytes.length });
    const told = isNew ? "will be shown below your answer" : "is among the files below your answer already";
    return { text: `${shownName} ${told}.`, isError: false };
  };
}

const FULL = `Not sent: an answer takes at most ${MOST_FILES} files.`;

function refused(text: string): ToolAnswer {
  return { text, isError: true };
}
