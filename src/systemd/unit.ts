import { hardening } from "./hardening.ts";
import { quoteCommand, quoteWord } from "./quote.ts";
import type { WritablePaths } from "./writable-paths.ts";

/** What differs between hosts; all paths are absolute. */
export interface UnitOptions {
  /** As `systemctl --version` says: 252 is Debian 12, 257 Debian 13. */
  readonly systemdVersion: number;
  /** Undefined for a unit of the user's own manager. */
  readonly user: string | undefined;
  /** The program and its arguments, behind the starter that hands over systemd's socket. */
  readonly command: readonly string[];
  /** PATH of the daemon and of the commands that Claude runs. */
  readonly path: string;
  /** A file that only root can read; undefined when the config has the token. */
  readonly tokenFile: string | undefined;
  readonly writable: WritablePaths;
  /** How long the daemon may take to stop by itself. */
  readonly stopTimeoutMs: number;
  /** As MemoryMax= takes it: `80%`, `6G`, `infinity`. */
  readonly memoryMax: string;
  readonly tasksMax: number;
  /** Claude Code's own sandbox is on: its commands must be able to make namespaces. */
  readonly claudeSandbox: boolean;
  /** The host lets a service have its own /proc; an LXC container without nesting does not. */
  readonly canMountProc: boolean;
}

/** The text of the unit, with the reason beside each choice. The same options give the same text. */
export function unitText(options: UnitOptions): string {
  const isSystem = options.user !== undefined;
  return [
    "# Written by `claude-coord service install`, which overwrites changes made here and shows a diff before.",
    "# Your own settings: systemctl edit claude-coord",
    "[Unit]",
    "Description=claude-coord, Claude Code in Discord channels",
    ...(isSystem ? ["Wants=network-online.target", "After=network-online.target"] : []),
    "# Always try again: what only a person can put right ends with 78, below.",
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    ...starting(options),
    "",
    ...restarting(options.systemdVersion),
    "",
    ...stopping(options.stopTimeoutMs),
    "",
    ...limits(options),
    "",
    ...hardening(options),
    "",
    "[Install]",
    `WantedBy=${isSystem ? "multi-user.target" : "default.target"}`,
    "",
  ].join("\n");
}

function starting({ user, command, path, tokenFile }: UnitOptions): string[] {
  return [
    "# `systemctl start` waits until Discord sends events.",
    "Type=notify",
    "# Only the daemon: a command that Claude runs must not pose as the service.",
    "NotifyAccess=main",
    `ExecStart=${quoteCommand(command)}`,
    "# Else the journal would name the starter.",
    "SyslogIdentifier=claude-coord",
    ...(user === undefined ? [] : [`User=${user}`]),
    "WorkingDirectory=~",
    `Environment=${quoteWord(`PATH=${path}`)} LANG=C.UTF-8`,
    ...(tokenFile === undefined
      ? []
      : [
          "# The bot's token: a file of root's, so that it stands in no environment and no unit.",
          `LoadCredential=${quoteWord(`discord-token:${tokenFile}`)}`,
        ]),
    "TimeoutStartSec=120",
  ];
}

function restarting(systemdVersion: number): string[] {
  const hasSteps = systemdVersion >= 254;
  return [
    "# A hung event loop, or no connection to Discord for a quarter of an hour, ends the pings.",
    "WatchdogSec=30",
    "Restart=on-failure",
    "# 78: the configuration must change first.",
    "RestartPreventExitStatus=78",
    ...(hasSteps
      ? ["# Later each time, so that Discord's daily limit of logins is not used up.", "RestartSec=5"]
      : ["# Not sooner, so that Discord's daily limit of logins lasts.", "RestartSec=15"]),
    ...(hasSteps ? ["RestartSteps=5", "RestartMaxDelaySec=60"] : []),
  ];
}

function stopping(stopTimeoutMs: number): string[] {
  return [
    "# The daemon alone gets SIGTERM and ends its agents; what then still lives is killed.",
    "KillMode=mixed",
    `TimeoutStopSec=${Math.ceil(stopTimeoutMs / 1000)}`,
  ];
}

function limits({ memoryMax, tasksMax }: UnitOptions): string[] {
  return [
    `MemoryMax=${memoryMax}`,
    "# A command of Claude's that needs too much memory ends alone.",
    "OOMPolicy=continue",
    `TasksMax=${tasksMax}`,
    "LimitNOFILE=65536",
    "# A core file would hold the token and what people wrote.",
    "LimitCORE=0",
  ];
}
