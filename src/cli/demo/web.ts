import { startPage } from "../../loopback/page/page.ts";
import type { Terminal } from "../terminal.ts";
import { setStage } from "./stage.ts";

/** Shows the demo on a page of this machine, until Ctrl-C. */
export async function demoOnPage(
  { claude = false, port }: { claude?: boolean; port?: number },
  terminal: Terminal,
): Promise<void> {
  const stage = await setStage(terminal, claude);
  const stopped = new Promise<void>((resolve) => {
    const release = terminal.onStopSignal(() => {
      release();
      resolve();
    });
  });
  try {
    await stage.startDaemon();
    const page = await startPage({
      discord: stage.discord,
      person: stage.member,
      ...(port === undefined ? {} : { port }),
    });
    try {
      terminal.stdout.write(`${page.url}\n`);
      terminal.stderr.write(
        `Open it in a browser of this machine. You are ${stage.member.username}; write @${stage.discord.bot.username} ` +
          "and a question. Ctrl-C ends.\n",
      );
      await stopped;
    } finally {
      await page.stop();
    }
  } finally {
    await stage.close();
  }
}
