import type { Config } from "../../config/config.ts";
import type { ChannelInspection, DiscordInspection } from "../../discord/setup/inspect.ts";
import {
  inviteUrl,
  NEEDED_PERMISSIONS,
  type NeededPermission,
} from "../../discord/setup/needed-permissions.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** The channels that the configuration names, for whatever use. */
export function namedChannels({ projects, alerts, setupChannelId }: NamedIn): readonly NamedChannel[] {
  const toTell = NEEDED_PERMISSIONS.filter(({ name }) => name === "ViewChannel" || name === "SendMessages");
  return [
    ...projects.map(({ name, channelId }) => ({ name, channelId, needs: NEEDED_PERMISSIONS })),
    ...(alerts.channelId === undefined
      ? []
      : [{ name: "alerts", channelId: alerts.channelId, needs: toTell }]),
    ...(setupChannelId === undefined
      ? []
      : [{ name: "setup_channel", channelId: setupChannelId, needs: NEEDED_PERMISSIONS }]),
  ];
}

type NamedIn = Pick<Config, "projects" | "alerts" | "setupChannelId">;

interface NamedChannel {
  /** The project's name, or the setting's. */
  readonly name: string;
  readonly channelId: string;
  readonly needs: readonly NeededPermission[];
}

/** What Discord says about the token, the intent, the guild and each channel of `namedChannels`, in its order. */
export function checkDiscord(found: DiscordInspection, config: Config): Finding[] {
  const { discord } = config;
  if (found.state === "unreachable") {
    return [
      problem(
        "discord",
        `Discord can't be reached at ${discord.apiUrl} (${found.why})`,
        "Look at this machine's network and DNS, and at https://discordstatus.com",
      ),
    ];
  }
  if (found.state === "token_refused") {
    return [
      problem(
        "discord.token",
        "Discord does not accept the bot token",
        "https://discord.com/developers/applications, the application, Bot, Reset Token; then: claude-coord config edit",
      ),
    ];
  }
  const invite = inviteUrl(found.botId);
  const findings = [
    ok("discord.token", `Discord knows the bot as ${found.botName}`),
    found.messageContent
      ? ok("discord.intent", "Message Content intent")
      : problem(
          "discord.intent",
          "the Message Content intent is off: the bot can't read what people ask",
          "https://discord.com/developers/applications, the application, Bot, Message Content Intent",
        ),
  ];
  if (found.inGuild === false) {
    findings.push(
      problem("discord.guild", `the bot is not in the guild ${discord.guildId}`, `Invite it: ${invite}`),
    );
  }
  for (const [index, named] of namedChannels(config).entries()) {
    const channel = found.channels[index];
    if (channel !== undefined) findings.push(...channelFindings(channel, named, discord.guildId, invite));
  }
  return [...findings, ...clockFindings(found.clockAheadMs)];
}

function channelFindings(
  channel: ChannelInspection,
  { name: use, needs }: NamedChannel,
  guildId: string | undefined,
  invite: string,
): Finding[] {
  const check = `discord.channel.${use}`;
  const { channelId } = channel;
  switch (channel.state) {
    case "unknown":
      return [
        problem(
          check,
          `${use}: there is no channel ${channelId}`,
          `Copy the channel's id again, then: claude-coord config edit. If the bot is not in the guild: ${invite}`,
        ),
      ];
    case "hidden":
      return [
        problem(
          check,
          `${use}: View Channel is missing in ${channelId}: the bot sees no message`,
          `Channel settings, Permissions, add the bot with View Channel. If it is not in the guild: ${invite}`,
        ),
      ];
    case "no_text":
      return [
        problem(
          check,
          `${use}: #${channel.name} is no channel for text`,
          "Choose another: claude-coord config edit",
        ),
      ];
    case "found": {
      if (guildId !== undefined && channel.guildId !== guildId) {
        const message = `${use}: #${channel.name} is in the guild ${channel.guildId}, and only ${guildId} is served`;
        return [problem(check, message, "Correct discord.guild_id or the channel: claude-coord config edit")];
      }
      const missing = channel.missing
        .filter((each) => needs.includes(each))
        .map(({ title, without, essential }) =>
          (essential ? problem : warning)(
            check,
            `${use}: ${title} is missing in #${channel.name}: ${without}`,
            `Channel settings, Permissions, the bot: allow ${title}`,
          ),
        );
      return missing.length > 0
        ? missing
        : [ok(check, `${use}: all ${needs.length} permissions in #${channel.name}`)];
    }
  }
}

function clockFindings(aheadMs: number | undefined): Finding[] {
  if (aheadMs === undefined) return [];
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (seconds <= CLOCK_MAY_DIFFER_S) return [ok("clock", "the clock is right")];
  const direction = aheadMs > 0 ? "behind" : "ahead of";
  return [
    warning(
      "clock",
      `the clock is ${seconds} s ${direction} Discord's: ages and limits are wrong`,
      "timedatectl set-ntp true",
    ),
  ];
}

/** The header has whole seconds, and an answer may take some. */
const CLOCK_MAY_DIFFER_S = 30;
