import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Person } from "../../loopback/discord/people/person.ts";
import { type LoopbackDiscord, startLoopbackDiscord } from "../../loopback/discord/server.ts";
import { type ScriptedModel, startScriptedModel } from "../../loopback/model/scripted-model.ts";
import type { Terminal } from "../terminal.ts";
import { type DaemonProcess, startDaemonProcess } from "./daemon-process.ts";
import type { Transcript } from "./transcript.ts";

export interface StageChannel {
  readonly id: string;
  readonly name: string;
}

/** Where the demo plays: a Discord on this machine, two projects, one member, and a temporary home. */
export interface Stage {
  readonly channels: readonly StageChannel[];
  readonly discord: LoopbackDiscord;
  /** The one member, whom the person plays. */
  readonly member: Person;
  /** Says something to the bot, waits for the whole answer, and prints both. */
  ask(
    channel: StageChannel,
    text: string,
    transcript: Transcript,
    options?: { isTyped: boolean },
  ): Promise<void>;
  startDaemon(): Promise<DaemonProcess>;
  /** Ends everything and removes every trace. */
  close(): Promise<void>;
}

/** `ownClaude`: the person's own login and model, in place of the scripted one. */
export async function setStage(terminal: Terminal, ownClaude: boolean): Promise<Stage> {
  const home = mkdtempSync(join(tmpdir(), "claude-coord-demo-"));
  const discord = await startLoopbackDiscord({ guildName: "Demo" });
  const model: ScriptedModel | undefined = ownClaude ? undefined : await startScriptedModel();
  const channels = ["web", "docs"].map((name) => discord.addChannel(name));
  const member = discord.addMember("ann");

  const projects = channels.map(({ id, name }) => {
    const projectDir = join(home, "projects", name);
    mkdirSync(projectDir, { recursive: true });
    return { name, channel_id: id, project_dir: projectDir };
  });
  const modelEnv = model && { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "made-up-for-the-demo" };
  const config = {
    discord: { token: discord.token, api_url: discord.apiUrl },
    // Only this machine's loopback can get in, and its one member is the person at the terminal.
    access: { users: [member.id] },
    admins: { users: [member.id] },
    projects_root: join(home, "projects"),
    claude: { env: modelEnv ?? {} },
    projects,
  };
  // YAML reads JSON, so the demo needs no second way to write it.
  writeFileSync(join(home, "config.yaml"), JSON.stringify(config, null, 2), { mode: 0o600 });

  const daemons: DaemonProcess[] = [];
  return {
    channels,
    discord,
    member,
    ask: async (channel, text, transcript, { isTyped } = { isTyped: false }) => {
      // What a person typed stands in the terminal already.
      if (!isTyped) transcript.says(channel.name, member.username, `@${discord.bot.username} ${text}`);
      const message = await member.says(channel, text, { mention: true });
      const answer = await member.waitsForReply(message, { timeoutMs: PATIENCE_MS, done: isWhole });
      for (const { content } of answer) transcript.says(channel.name, discord.bot.username, content);
    },
    startDaemon: async () => {
      const daemon = await startDaemonProcess({
        ...(ownClaude ? terminal.env : { PATH: terminal.env.PATH, HOME: home }),
        CLAUDE_COORD_HOME: home,
        CONFIG_PATH: undefined,
        DISCORD_TOKEN: undefined,
      });
      daemons.push(daemon);
      return daemon;
    },
    close: async () => {
      await Promise.all(daemons.map((daemon) => daemon.stop()));
      await discord.stop();
      await model?.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** For a model that thinks, on a small machine. */
const PATIENCE_MS = 600_000;

/** The footer stands under a finished answer and under no other. */
function isWhole(messages: readonly { content: string }[]): boolean {
  return messages.some(({ content }) => /^-# \d/m.test(content));
}
