import type { Stage } from "./stage.ts";
import type { Transcript } from "./transcript.ts";

/** Two channels, each with its own session; the daemon stops and starts, and the first session still remembers. */
export async function playScene(stage: Stage, transcript: Transcript): Promise<void> {
  const [web, docs] = stage.channels;
  if (web === undefined || docs === undefined) return;
  transcript.stage("claude-coord serve starts.\n");
  const daemon = await stage.startDaemon();
  await stage.ask(web, "My favourite colour is teal.", transcript);
  await stage.ask(web, "What is my favourite colour?", transcript);
  await stage.ask(docs, "What is my favourite colour?", transcript);

  transcript.stage("\nThe daemon stops. Nothing of it runs any more. It starts again.\n");
  await daemon.stop();
  await stage.startDaemon();
  await stage.ask(web, "Do you still know: what is my favourite colour?", transcript);
}
