import { CoordError } from "../../core/operations/errors.ts";
import { runInForeground } from "../foreground.ts";
import { install } from "../service/install.ts";
import { SERVICE_DEFAULTS } from "../service/service-options.ts";
import type { Terminal } from "../terminal.ts";
import type { Asker } from "./asker.ts";
import { asBotUser, findLogin, loginCommand } from "./claude-cli.ts";
import type { Connection } from "./connect.ts";
import type { InitOptions, ServiceKind } from "./init-options.ts";
import { hasSystemd, type Place } from "./place.ts";
import type { Plan } from "./plan.ts";
import type { Talk } from "./talk.ts";

/** What follows once the config is whole. Whatever fails here is said, with how to do it later. */
export async function finish(
  options: InitOptions,
  { plan, place, connection }: { plan: Plan; place: Place; connection: Connection },
  asker: Asker,
  talk: Talk,
  terminal: Terminal,
): Promise<void> {
  await logIn(plan, place, talk, terminal);
  await sayHello(options, plan, connection, asker, talk);
  const runs = await offerService(options, { plan, place, connection }, asker, talk, terminal);
  const { channel, bot } = plan;
  talk.part("Done");
  if (runs) {
    talk.say(`Go to #${channel.name} and write: @${bot.name} hello`);
  } else {
    const config = options.config === undefined ? "" : ` --config ${options.config}`;
    talk.say(
      `Start it with: claude-coord serve${config}\nThen go to #${channel.name} and write: @${bot.name} hello`,
    );
  }
  talk.say("If something does not work: claude-coord doctor");
}

async function logIn({ login }: Plan, place: Place, talk: Talk, terminal: Terminal): Promise<void> {
  const { executable } = login.cli;
  if (executable === undefined) return;
  const claudeEnv = { ...place.existing?.claude.env };
  if (login.runsLogin) {
    const { command, args, env } = asBotUser([executable, "auth", "login"], place, claudeEnv);
    await runInForeground(command, args, { env }, terminal);
    // The user that was to be made is there by now.
    const account =
      place.account === undefined ? undefined : { ...place.account, uid: place.account.uid ?? -1 };
    const found = await findLogin(executable, { ...place, account }, claudeEnv);
    if (found === undefined || found === "none")
      talk.careful(`Claude is not logged in yet. Again: ${loginCommand(place)}`);
    else talk.good(`Claude is logged in (${found}).`);
  }
}

async function sayHello(
  options: InitOptions,
  { channel, bot, project }: Plan,
  { setup }: Connection,
  asker: Asker,
  talk: Talk,
): Promise<void> {
  const says = await asker.answer({
    given: options.hello,
    flag: "--hello or --no-hello",
    // People have met it before.
    recommended: project.kept === undefined,
    ask: (prompts) => prompts.confirm(`Say hello in #${channel.name}?`, project.kept === undefined),
  });
  if (!says) return;
  try {
    await setup.say(
      channel.id,
      `Hello! I am **${bot.name}**, and I work on **${project.name}** in this channel. ` +
        "Mention me with a question or a task, for example: *what is in this folder?*",
    );
    talk.good(`${bot.name} said hello in #${channel.name}.`);
  } catch (error) {
    if (!(error instanceof CoordError)) throw error;
    talk.careful(`It could not say hello: ${error.message}`);
  }
}

/** Whether the bot runs as a service now. */
async function offerService(
  options: InitOptions,
  { plan, place, connection }: { plan: Plan; place: Place; connection: Connection },
  asker: Asker,
  talk: Talk,
  terminal: Terminal,
): Promise<boolean> {
  const kind = place.service ?? (await chooseService(asker, terminal));
  if (kind === "none") return false;
  const system = kind === "system";
  const { tokenFile, memoryMax, tasksMax } = SERVICE_DEFAULTS;
  try {
    await install(
      {
        user: !system,
        serviceUser: options.serviceUser,
        ...(options.config === undefined ? {} : { config: place.paths.config }),
        tokenFile,
        memoryMax,
        tasksMax,
        yes: true,
        brief: true,
        // A changed config is noticed; the token and Claude's own variables are read at the start.
        restart: connection.newToken !== undefined || plan.login.variable !== undefined,
        start: true,
      },
      terminal,
    );
    return true;
  } catch (error) {
    if (!(error instanceof CoordError)) throw error;
    talk.careful(`${error.message}\n  Again: claude-coord service install${system ? "" : " --user"}`);
    return false;
  }
}

async function chooseService(asker: Asker, { env }: Terminal): Promise<ServiceKind> {
  const hasOwnManager = hasSystemd() && env.XDG_RUNTIME_DIR !== undefined;
  if (!hasOwnManager || process.getuid?.() === 0) return "none";
  return asker.answer<ServiceKind>({
    given: undefined,
    flag: "--service",
    recommended: "user",
    ask: async (prompts) =>
      (await prompts.confirm("Run it as a service of yours, started with the machine?", true))
        ? "user"
        : "none",
  });
}
