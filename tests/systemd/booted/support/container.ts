import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished } from "vitest";
import { tempDir } from "../../../support/temp-dir.ts";
import { stagedPackage } from "./staged-package.ts";
import { debianTree, type Suite } from "./tree.ts";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Debian that its own systemd has booted, with claude-coord, node and claude installed for all users. */
export interface Container {
  /** Runs a line of shell as root. */
  sh(line: string, input?: string): Promise<Ran>;
  /** As `sh`; throws unless it succeeds. Returns what was printed. */
  must(line: string, input?: string): Promise<string>;
  write(file: string, content: string): Promise<void>;
}

/** Boots a container whose changes live in memory; it is gone after the test. Shares the host's network. */
export async function bootContainer(suite: Suite): Promise<Container> {
  const tree = debianTree(suite);
  const binds = stagedPackage().map(([from, to]) => `--bind-ro=${from}:${to}`);
  const name = `coord-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const groups = controlGroups(name);
  const consoleFile = join(tempDir(), "console.log");
  const output = openSync(consoleFile, "w");
  // In a control group of its own, since the container's systemd takes over the one it finds itself in.
  const enter = groups.map((group) => `echo 0 > ${group}/cgroup.procs; `).join("");
  const options = [
    "--register=no",
    "--keep-unit",
    "--quiet",
    "--boot",
    "--volatile=overlay",
    "--console=pipe",
  ];
  const nspawn = spawn(
    "sh",
    [
      "-c",
      // Ends with this process, however that ends.
      `${enter}exec setpriv --pdeathsig TERM systemd-nspawn "$@"`,
      "sh",
      ...options,
      `--directory=${tree}`,
      `--machine=${name}`,
      "--kill-signal=SIGRTMIN+3",
      ...binds,
    ],
    { stdio: ["ignore", output, output], detached: true },
  );
  closeSync(output);
  const ended = once(nspawn, "exit");
  onTestFinished(async () => {
    nspawn.kill("SIGTERM");
    const timer = setTimeout(() => nspawn.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(timer);
    // The kernel may still be counting the last processes out.
    await expect.poll(() => groups.filter(isRemoved), { timeout: 20_000 }).toEqual(groups);
  });

  const sh = async (line: string, input = "") => {
    const leader = systemdBelow(nspawn.pid ?? 0);
    if (leader === undefined) throw new Error(`the container is down:\n${readFileSync(consoleFile, "utf8")}`);
    const into = ["-t", String(leader), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w"];
    const child = spawn("nsenter", [...into, "--", "env", "-i", `PATH=${PATH}`, "sh", "-c", line]);
    child.stdin.end(input);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  };
  const must = async (line: string, input?: string) => {
    const { code, stdout, stderr } = await sh(line, input);
    if (code !== 0) throw new Error(`${line}: ${code}\n${stdout}${stderr}`);
    return stdout;
  };
  await expect.poll(() => systemdBelow(nspawn.pid ?? 0), { timeout: 10_000 }).toBeDefined();
  await expect
    .poll(async () => (await sh("systemctl is-system-running")).stdout.trim(), { timeout: 30_000 })
    .toMatch(/^(running|degraded)$/);
  await must("ln -s ../lib/node_modules/claude-coord/bin/claude-coord.js /usr/bin/claude-coord");
  return {
    sh,
    must,
    write: async (file, content) =>
      void (await must(`mkdir -p "$(dirname '${file}')"; cat > '${file}'`, content)),
  };
}

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** A new group in each hierarchy that systemd uses: one where there is only version 2, two in a hybrid. */
function controlGroups(name: string): string[] {
  const root = "/sys/fs/cgroup";
  const isUnified = existsSync(join(root, "cgroup.controllers"));
  const hierarchies = isUnified ? [root] : [join(root, "systemd"), join(root, "unified")].filter(existsSync);
  return hierarchies.map((hierarchy) => {
    const group = join(hierarchy, name);
    mkdirSync(group);
    return group;
  });
}

function isRemoved(group: string): boolean {
  try {
    removeGroup(group);
    return true;
  } catch {
    return !existsSync(group);
  }
}

function removeGroup(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroup(join(group, entry.name));
  }
  rmdirSync(group);
}

/** The container's PID 1, once it has become systemd. */
function systemdBelow(nspawn: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, "utf8").trim().split(" ");
    return children.map(Number).find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "systemd");
  } catch {
    return undefined;
  }
}
