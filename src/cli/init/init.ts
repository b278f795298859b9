import type { ConfiguredProject } from "../../config/config.ts";
import { ExitError } from "../exit.ts";
import { printFacts } from "../facts.ts";
import { printJson } from "../print-json.ts";
import { SERVICE_DEFAULTS } from "../service/service-options.ts";
import type { Terminal } from "../terminal.ts";
import { type Asker, createAsker } from "./asker.ts";
import { chooseAccess } from "./choose-access.ts";
import { chooseChannel } from "./choose-channel.ts";
import { chooseClaude } from "./choose-claude.ts";
import { chooseFolder } from "./choose-folder.ts";
import { chooseGuild } from "./choose-guild.ts";
import { chooseLogin } from "./choose-login.ts";
import { chooseName, chooseProject } from "./choose-project.ts";
import { type Connection, connect } from "./connect.ts";
import { finish } from "./finish.ts";
import type { InitOptions } from "./init-options.ts";
import { findPlace, type Place } from "./place.ts";
import type { Plan } from "./plan.ts";
import { createTalk, type Talk } from "./talk.ts";
import { writePlan } from "./write-plan.ts";

/**
 * Sets the bot up: asks for what the flags leave open, checks each answer where it can be checked, and writes
 * everything at the end, after asking. Run again, it changes what is there.
 */
export async function init(options: InitOptions, terminal: Terminal): Promise<void> {
  const asker = createAsker(terminal, options.yes);
  const talk = createTalk(terminal);
  if (asker.asks) {
    talk.say(
      "This sets up the bot, in about five minutes. Nothing is written before you have seen all of it; Ctrl-C leaves " +
        "everything as it is. Run it again to change something.",
    );
  }
  const place = await findPlace(options, asker, talk, terminal);
  const connection = await connect(options, place, asker, talk, terminal);
  const plan = await makePlan(options, place, connection, { asker, talk, terminal });

  showPlan(plan, place, terminal);
  if (asker.asks && !(await asker.prompts.confirm("Write this?", true))) {
    throw new ExitError(1, "Nothing was changed.");
  }
  await writePlan(plan, place, { token: connection.newToken, terminal });
  talk.good(`Written: ${place.paths.config}`);
  await finish(options, { plan, place, connection }, asker, talk, terminal);
  if (options.json) {
    printJson(terminal, {
      config: place.paths.config,
      bot: { id: plan.bot.id, name: plan.bot.name },
      guild: plan.guild,
      channel: { id: plan.channel.id, name: plan.channel.name },
      project: { name: plan.project.name, project_dir: plan.project.folder.path },
    });
  }
}

async function makePlan(
  options: InitOptions,
  place: Place,
  connection: Connection,
  { asker, talk, terminal }: { asker: Asker; talk: Talk; terminal: Terminal },
): Promise<Plan> {
  const { existing, env } = place;
  const { setup, bot, apiUrl, newToken } = connection;
  const projects = existing?.projects ?? [];
  const guild = await chooseGuild(options, connection, asker, talk, terminal);
  talk.part("The project");
  const chosen = await chooseProject(options, projects, asker);
  const wanted = options.channel ?? chosen?.channelId;
  const channel = await chooseChannel(
    { ...options, ...(wanted === undefined ? {} : { channel: wanted }) },
    { setup, projects },
    guild,
    asker,
    talk,
    terminal,
  );
  // A channel that has a project already is that project.
  const kept: ConfiguredProject | undefined =
    chosen ?? projects.find(({ channelId }) => channelId === channel.id);
  const name = kept?.name ?? (await chooseName(options, { suggestion: channel.name, projects }, asker));
  const root = existing?.projectsRoot ?? "/opt/projects";
  const folder = await chooseFolder(options, { name, kept: kept?.projectDir, root, env }, asker);
  const userId = place.account === undefined ? process.getuid?.() : (place.account.uid ?? NOT_ROOT);
  const claudeEnv = existing?.claude.env ?? {};
  const settings = await chooseClaude(options, { kept, userId, claudeEnv }, asker, talk);
  const nobody = { users: [], roles: [], everyone: false };
  const access = await chooseAccess(
    options,
    connection,
    { guild, kept: existing?.access ?? nobody },
    asker,
    talk,
  );
  const login = await chooseLogin(options, place, asker, talk);
  const keepsInFile = place.service === "system" && !existing?.discord.token;
  return {
    bot,
    apiUrl,
    configToken: keepsInFile ? undefined : newToken,
    guild,
    channel,
    project: { ...settings, name, kept, folder, mention: options.mention },
    access,
    login,
  };
}

/** Any number but root's: the user is made when all is settled. */
const NOT_ROOT = 1;

function showPlan(plan: Plan, { paths, existing, service, account }: Place, terminal: Terminal): void {
  const { project, channel, guild, bot, access } = plan;
  const { folder } = project;
  const made =
    folder.make === "nothing"
      ? ""
      : folder.make === "create"
        ? " (new)"
        : ` (from ${folder.make.clone.address})`;
  terminal.stderr.write("\n");
  printFacts(
    { stdout: terminal.stderr },
    {
      Bot: `${bot.name} in ${guild.name}`,
      Project: `${project.name}, in #${channel.name}${project.kept === undefined ? "" : " (changed)"}`,
      Folder: `${folder.path}${made}`,
      Model: project.model ?? "what Claude Code chooses",
      Permissions: `${project.permissionMode}; without asking: ${project.allowedTools.join(", ") || "nothing"}`,
      "May talk": access.text,
      Config: `${paths.config}${existing === undefined ? " (new, for its owner only)" : " (edited; comments stay)"}`,
      Token: tokenPlace(plan, service),
      User: account === undefined ? undefined : `${account.name}${account.uid === undefined ? " (new)" : ""}`,
    },
  );
}

function tokenPlace({ configToken }: Plan, service: Place["service"]): string {
  if (configToken !== undefined) return "in the config";
  return service === "system" ? `in ${SERVICE_DEFAULTS.tokenFile}, for root only` : "stays where it is";
}
