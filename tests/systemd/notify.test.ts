import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createNotifier } from "../../src/systemd/notify.ts";
import { tempDir } from "../support/temp-dir.ts";

const STARTER = fileURLToPath(new URL("../../systemd/notify-fd.pl", import.meta.url));
const TELLER = fileURLToPath(new URL("./notify-teller.ts", import.meta.url));

/** What systemd is to a service: a datagram socket. Perl, since node can't open one. */
const LISTENER = `
  use Socket; $| = 1;
  socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, pack_sockaddr_un($ARGV[0])) or die; print "[listening]\\n";
  while (defined recv($s, my $datagram, 4096, 0)) { $datagram =~ s/\\n/ | /g; print "$datagram\\n"; }`;

function kept(child: ChildProcess): ChildProcess {
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** The datagrams that a program sends which the starter has started, oldest first. */
async function toldBy(script: string, env: Record<string, string> = {}): Promise<() => string[]> {
  const socket = join(tempDir(), "notify");
  const listener = kept(spawn("perl", ["-e", LISTENER, socket], { stdio: ["ignore", "pipe", "inherit"] }));
  let received = "";
  listener.stdout?.on("data", (chunk: Buffer) => {
    received += chunk.toString();
  });
  await expect.poll(() => received).toContain("[listening]");
  const teller = kept(
    spawn("perl", [STARTER, process.execPath, TELLER, script], {
      env: { PATH: process.env.PATH, NOTIFY_SOCKET: socket, ...env },
      stdio: ["ignore", "inherit", "inherit"],
    }),
  );
  await once(teller, "exit");
  return () => received.split("\n").filter((line) => line !== "" && line !== "[listening]");
}

test("what is told reaches the manager's socket, each as one datagram", async () => {
  const told = await toldBy("ready:up, status:two\nMAINPID=1 lines, stopping:bye");
  await expect
    .poll(told)
    .toEqual(["READY=1 | STATUS=up", "STATUS=two MAINPID=1 lines", "STOPPING=1 | STATUS=bye"]);
});

test("the watchdog is pinged while the daemon is healthy, and no longer", async () => {
  const told = await toldBy("watchdog:3, status:end", { WATCHDOG_USEC: "40000" });
  await expect.poll(told).toEqual(["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STATUS=end"]);
});

test("without an interval in the environment nothing is pinged", async () => {
  const told = await toldBy("watchdog:0, status:end");
  await expect.poll(told).toEqual(["STATUS=end"]);
});

test("the socket is not there for what the program starts", async () => {
  const told = await toldBy("child, status:end");
  await expect.poll(told).toEqual(["STATUS=closed for children", "STATUS=end"]);
});

test("a manager that is gone is reported once, and the program goes on", async () => {
  const errors: unknown[] = [];
  // The number of a descriptor that is not open.
  const env = { LISTEN_PID: "7", LISTEN_FDS: "100000", LISTEN_FDNAMES: `${"x:".repeat(99_990)}notify` };
  const notifier = createNotifier({ env, pid: 7, onError: (error) => errors.push(error) });
  notifier.ready("up");
  notifier.status("still");
  expect(errors).toMatchObject([{ code: "EBADF" }]);
});

test("a socket that was handed to another process is left alone", () => {
  const errors: unknown[] = [];
  const env = { LISTEN_PID: "7", LISTEN_FDS: "100000", LISTEN_FDNAMES: `${"x:".repeat(99_990)}notify` };
  createNotifier({ env, pid: 8, onError: (error) => errors.push(error) }).ready("up");
  createNotifier({ env: {}, pid: 7, onError: (error) => errors.push(error) }).ready("up");
  expect(errors).toEqual([]);
});
