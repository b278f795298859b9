import { createInterface } from "node:readline/promises";
import type { Terminal } from "../terminal.ts";
import { playScene } from "./scene.ts";
import { type Stage, setStage } from "./stage.ts";
import { createTranscript, type Transcript } from "./transcript.ts";

/** Plays the demo's scene in the terminal; then, on a terminal, lets the person take part. */
export async function demo(options: { once?: boolean; claude?: boolean }, terminal: Terminal): Promise<void> {
  const ownClaude = options.claude ?? false;
  const transcript = createTranscript(terminal);
  transcript.stage(
    ownClaude
      ? "Discord: a stand-in on this machine. Claude: your own, logged-in claude and its model, which may cost you."
      : "Discord: a stand-in on this machine. Claude: the real claude CLI, talking to a scripted model. Nothing is paid.",
  );
  const stage = await setStage(terminal, ownClaude);
  // Ctrl-C in the middle must leave no process and no file either.
  const release = terminal.onStopSignal(() => void stage.close());
  try {
    await playScene(stage, transcript);
    if (terminal.isInteractive && !options.once) await takePart(stage, transcript, terminal);
  } finally {
    await stage.close();
    release();
  }
}

/** Each line is said by the member; `/web` and `/docs` change the channel, an empty line or Ctrl-D ends. */
async function takePart(stage: Stage, transcript: Transcript, terminal: Terminal): Promise<void> {
  const names = stage.channels.map(({ name }) => `/${name}`).join(", ");
  transcript.stage(`\nYour turn. Type what ann says; ${names} changes the channel; Ctrl-D ends.`);
  let [channel] = stage.channels;
  const lines = createInterface({ input: terminal.stdin, output: terminal.stdout });
  const over = new AbortController();
  lines.once("close", () => over.abort());
  while (channel !== undefined && !over.signal.aborted) {
    const line = await lines.question(`#${channel.name} ann> `, { signal: over.signal }).catch(() => "");
    const other = stage.channels.find(({ name }) => line.trim() === `/${name}`);
    if (other !== undefined) channel = other;
    else if (line.trim() !== "") await stage.ask(channel, line.trim(), transcript, { isTyped: true });
  }
  lines.close();
}
