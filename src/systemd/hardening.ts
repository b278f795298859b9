import { quoteWord } from "./quote.ts";
import type { UnitOptions } from "./unit.ts";

type HardeningOptions = Pick<UnitOptions, "user" | "writable" | "claudeSandbox" | "canMountProc">;

/**
 * As much as Claude Code stands. Not in it, because it breaks: MemoryDenyWriteExecute (Node's compiler),
 * ProtectHome=yes and DynamicUser (the CLI's own folder), PrivateNetwork, LimitAS, ProcSubset=pid.
 */
export function hardening(options: HardeningOptions): string[] {
  return [
    ...(options.user === undefined ? ownManagerNote() : filesAndDevices(options)),
    "",
    "NoNewPrivileges=yes",
    "UMask=0027",
    "# Node asks for its network interfaces over netlink.",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    ...(options.claudeSandbox
      ? [
          "# Without RestrictNamespaces and RestrictSUIDSGID (which also takes away openat2), and with @mount below:",
          "# Claude Code's own sandbox builds namespaces.",
        ]
      : ["RestrictNamespaces=yes", "RestrictSUIDSGID=yes"]),
    "RestrictRealtime=yes",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    "# @pkey is for Node. Refused calls fail: with the default, some programs hang.",
    `SystemCallFilter=@system-service @pkey${options.claudeSandbox ? " @mount" : ""}`,
    "SystemCallErrorNumber=EPERM",
    "KeyringMode=private",
  ];
}

function filesAndDevices({ writable, canMountProc }: HardeningOptions): string[] {
  return [
    "# All is read-only but these. Run `claude-coord service install` again for a project elsewhere.",
    "ProtectSystem=strict",
    ...writable.inPlace.map((path) => `ReadWritePaths=${quoteWord(`-${path}`)}`),
    "# The service sees empty home folders with these in them.",
    "ProtectHome=tmpfs",
    ...writable.bound.map((path) => `BindPaths=${quoteWord(`-${path}`)}`),
    "# Needed with strict: Claude Code writes to /tmp.",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    ...(canMountProc
      ? ["ProtectKernelTunables=yes", "ProtectControlGroups=yes", "ProtectProc=invisible"]
      : [
          "# This host does not let a service have its own /proc (an LXC container without nesting), so without",
          "# ProtectKernelTunables, ProtectControlGroups and ProtectProc.",
        ]),
    "RemoveIPC=yes",
  ];
}

function ownManagerNote(): string[] {
  return ["# A user's own manager cannot hide files or devices: a system unit protects more."];
}
