/*
 * What claude-coord replaces: a bot that starts a `claude` process for each message and posts its answer, as the
 * Python bot's message flow says. Run as a process of its own; it takes its settings from the environment.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Client, Events, GatewayIntentBits } from "discord.js";

const { BENCH_TOKEN, BENCH_API_URL, BENCH_DIR = ".", BENCH_CLAUDE = "claude" } = process.env;
const sessions = new Map<string, string>();
const busy = new Map<string, Promise<void>>();

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent],
  rest: { api: BENCH_API_URL ?? "" },
});

client.on(Events.MessageCreate, (message) => {
  if (message.author.bot || !client.user || !message.mentions.has(client.user)) return;
  const before = busy.get(message.channelId) ?? Promise.resolve();
  const now = before.then(async () => {
    const known = sessions.get(message.channelId);
    const resume = known === undefined ? [] : ["--resume", known];
    const run = promisify(execFile)(
      BENCH_CLAUDE,
      ["-p", message.content, ...resume, "--output-format", "json"],
      { cwd: BENCH_DIR, maxBuffer: 64 * 1024 * 1024 },
    );
    // An open stdin would make the CLI wait three seconds for more.
    run.child.stdin?.end();
    const { stdout } = await run;
    const { result, session_id } = JSON.parse(stdout) as { result: string; session_id: string };
    sessions.set(message.channelId, session_id);
    if (message.channel.isSendable()) await message.channel.send(result.slice(0, 2000));
  });
  busy.set(message.channelId, now);
  now.catch((error: unknown) => console.error(error));
});

client.once(Events.ClientReady, () => console.log("ready"));
await client.login(BENCH_TOKEN);
