import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { quoteCommand, quoteWord } from "../../src/systemd/quote.ts";
import { type UnitOptions, unitText } from "../../src/systemd/unit.ts";
import { writablePaths } from "../../src/systemd/writable-paths.ts";

/** Node and claude-coord for all users, the user discord-bot, projects in /opt/projects; Debian 12 and newer. */
const STANDARD: UnitOptions = {
  systemdVersion: 252,
  user: "discord-bot",
  command: [
    "/usr/bin/perl",
    "/usr/lib/node_modules/claude-coord/systemd/notify-fd.pl",
    "/usr/bin/node",
    "/usr/lib/node_modules/claude-coord/bin/claude-coord.js",
    "serve",
  ],
  path: "/home/discord-bot/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  tokenFile: "/etc/claude-coord/discord-token",
  writable: writablePaths(["/home/discord-bot", "/opt/projects"]),
  stopTimeoutMs: 60_000,
  memoryMax: "80%",
  tasksMax: 4096,
  claudeSandbox: false,
  canMountProc: true,
};

const lines = (change: Partial<UnitOptions>) =>
  unitText({ ...STANDARD, ...change })
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

/** The settings that a change takes away and adds. */
function difference(change: Partial<UnitOptions>): { removed: string[]; added: string[] } {
  const before = lines({});
  const after = lines(change);
  return {
    removed: before.filter((line) => !after.includes(line)),
    added: after.filter((line) => !before.includes(line)),
  };
}

test("the unit in the repository is the generated one for a standard install", async () => {
  const file = new URL("../../systemd/claude-coord.service", import.meta.url);
  await expect(unitText(STANDARD)).toMatchFileSnapshot(file.pathname);
  expect(readFileSync(file, "utf8")).not.toMatch(/MemoryDenyWriteExecute=|DynamicUser=|KillMode=process/);
});

test("from systemd 254 on restarts come later each time", () => {
  expect(difference({ systemdVersion: 254 })).toEqual({
    removed: ["RestartSec=15"],
    added: ["RestartSec=5", "RestartSteps=5", "RestartMaxDelaySec=60"],
  });
});

test("Claude Code's own sandbox gets namespaces and mounts, and nothing else changes", () => {
  expect(difference({ claudeSandbox: true })).toEqual({
    removed: ["RestrictNamespaces=yes", "RestrictSUIDSGID=yes", "SystemCallFilter=@system-service @pkey"],
    added: ["SystemCallFilter=@system-service @pkey @mount"],
  });
});

test("a host without a /proc for services gets all protections but three", () => {
  expect(difference({ canMountProc: false })).toEqual({
    removed: ["ProtectKernelTunables=yes", "ProtectControlGroups=yes", "ProtectProc=invisible"],
    added: [],
  });
});

test("a unit of the user's own manager has no user and nothing that needs root", () => {
  const { removed, added } = difference({ user: undefined, tokenFile: undefined });
  expect(added).toEqual(["WantedBy=default.target"]);
  expect(removed).toContain("User=discord-bot");
  expect(removed).toContain("CapabilityBoundingSet=");
  expect(removed).not.toContain("NoNewPrivileges=yes");
});

test("directories are written once, below homes they are bound, and odd names are quoted", () => {
  const writable = writablePaths(["/srv/a b", "/srv/a b/c", "/home/x/", "/home/xy", "/srv/100%", "/srv/$x"]);
  expect(difference({ writable }).added).toEqual([
    'ReadWritePaths="-/srv/$x"',
    "ReadWritePaths=-/srv/100%%",
    'ReadWritePaths="-/srv/a b"',
    "BindPaths=-/home/x",
    "BindPaths=-/home/xy",
  ]);
});

test("a command reaches the program word for word, and no value can begin another line", () => {
  expect(quoteCommand(["/a b/node", 'say "x"', "$HOME", "50%"])).toBe(
    '"/a b/node" "say \\"x\\"" "$$HOME" 50%%',
  );
  expect(() => quoteWord("a\nUser=root")).toThrow(RangeError);
});
