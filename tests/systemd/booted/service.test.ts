import { afterAll, test as baseTest, describe, expect } from "vitest";
import type { ModelRequest } from "../../../src/loopback/model/model-request.ts";
import { say, use } from "../../../src/loopback/model/reply.ts";
import { HOME, PROJECT, type ServiceWorld, serviceWorld } from "./support/service.ts";
import { removeStagedPackage } from "./support/staged-package.ts";
import { makeTree, type Suite, whyNoContainer } from "./support/tree.ts";

afterAll(removeStagedPackage);

const SUITES: readonly Suite[] = ["bookworm", "trixie"];

/** For all trees; made at the first run. */
const treesUntil = performance.now() + 5 * 60_000;
const skipped = new Map<Suite, string>();
for (const suite of SUITES) {
  const reason = whyNoContainer() ?? (await makeTree(suite, Math.max(1_000, treesUntil - performance.now())));
  if (reason === undefined) continue;
  skipped.set(suite, reason);
  console.warn(`no ${suite} is booted, so the service is not tested there: ${reason}`);
}

/** Runs what the message says with the Bash tool, then says what came of it. */
function runIt({ lastUserText, toolResults }: ModelRequest) {
  const [result] = toolResults;
  if (result !== undefined) return say(`It said: ${result.text} (that was all)`);
  const command = /run: (.*)/.exec(lastUserText)?.[1];
  return command === undefined ? say("Hello.") : use("Bash", { command, description: "as asked" });
}

/** The answer to a message that has a command run. */
async function outputOf(command: string, { ann, channel, discord }: ServiceWorld): Promise<string> {
  const message = await ann.says(channel, `run: ${command}`, { mention: true });
  const answer = () =>
    discord
      .messages(channel)
      .find(({ id, content }) => BigInt(id) > BigInt(message.id) && content.includes("(that was all)"));
  await discord.until(() => answer() !== undefined, { timeoutMs: 60_000 });
  return answer()?.content ?? "";
}

describe.each(SUITES)("on %s", (suite) => {
  const test = baseTest.skipIf(skipped.has(suite));

  test("an installed service answers, as its own user, protected, with a working Bash tool", async () => {
    const world = await serviceWorld(suite, { script: runIt });
    const { container, discord, install, property } = world;
    const said = await install();
    expect(said).toMatch(/Exposure by systemd-analyze security: 1\.\d OK/);
    expect(await property("ActiveState")).toBe("active");
    expect(await property("StatusText")).toBe("answering as claude");

    const pid = await property("MainPID");
    expect((await container.must(`ps -o user= -p ${pid}`)).trim()).toBe("discord-bot");
    expect(await container.must(`tr '\\0' '\\n' < /proc/${pid}/environ`)).not.toContain(discord.token);
    expect(await container.must("cat /etc/systemd/system/claude-coord.service")).not.toContain(discord.token);
    expect(await container.must("stat -c '%U %a' /etc/claude-coord/discord-token")).toBe("root 600\n");

    const status = JSON.parse(await container.must("claude-coord service status --json"));
    expect(status.unit_state).toBe("current");
    expect(status.protections.filter((each: { isEffective: boolean }) => !each.isEffective)).toEqual([]);

    expect(await outputOf(`touch ${PROJECT}/made && git init -q . && echo $?-$(whoami)`, world)).toContain(
      "0-discord-bot",
    );
    expect(await container.must(`stat -c %U ${PROJECT}/made`)).toBe("discord-bot\n");
    const attempts = [
      "touch /opt/not-a-project",
      "touch /etc/x",
      "ls /proc/1/root",
      "ls /home/other",
      "chroot /",
    ];
    await container.must("mkdir -p /home/other");
    for (const attempt of attempts) {
      expect(await outputOf(`${attempt} 2>/dev/null || echo refused-$?`, world)).toMatch(/refused-\d/);
    }
    expect(await outputOf("echo token=$DISCORD_TOKEN= notify=$NOTIFY_SOCKET=", world)).toMatch(
      /token== notify==/,
    );
  });

  test("init as root sets everything up, and root's commands are then about that bot", async () => {
    const world = await serviceWorld(suite, { script: runIt });
    const { container, discord, model, property } = world;
    const { must } = container;
    const flags = `--channel web --dir ${PROJECT} --allow-user ann --allowed-tools Bash --claude-login api-key`;
    const init = `claude-coord init --yes --token-stdin --api-url ${discord.apiUrl} ${flags} 2>&1`;
    expect(await must(`ANTHROPIC_API_KEY=made-up-key ${init}`, discord.token)).toContain("The service runs.");
    expect(await property("StatusText")).toBe("answering as claude");
    expect(await must("stat -c '%U %a' /etc/claude-coord/discord-token")).toBe("root 600\n");

    // The scripted model stands where Anthropic's would.
    const key = `${HOME}/.claude-coordinator/config.yaml`;
    await must(`sed -i 's|ANTHROPIC_API_KEY:.*|&\\n    ANTHROPIC_BASE_URL: ${model.url}|' ${key}`);
    await must("systemctl restart claude-coord");
    expect(await outputOf("whoami; stat -c owner=%U /opt/projects", world)).toMatch(
      /discord-bot\s+owner=discord-bot/,
    );

    expect(JSON.parse(await must("cd /root && claude-coord status --json"))).toMatchObject({
      health: "running",
    });
    const { findings } = JSON.parse(await must("cd /root && claude-coord doctor --json"));
    expect(findings.filter(({ status }: { status: string }) => status === "problem")).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ message: "Discord knows the bot as claude" }));
    expect(await must("cd /root && claude-coord sessions ls")).toContain("web");
    expect(await must("cd /root && claude-coord backup 2>&1")).toContain(`As discord-bot, in ${HOME}.`);
    expect(await must(`find ${HOME} -user root`)).toBe("");
  });

  test("a command that Claude runs can't pose as the service", async () => {
    const world = await serviceWorld(suite, { script: runIt });
    const { install, property, dropIn, container } = world;
    const pose = "NOTIFY_SOCKET=/run/systemd/notify systemd-notify --status=taken; echo posed";
    await install();
    expect(await outputOf(pose, world)).toContain("posed");
    expect(await property("StatusText")).toBe("answering as claude");

    // The same command could, if the unit let all of its processes speak.
    await dropIn(["[Service]", "NotifyAccess=all"]);
    await container.must("systemctl restart claude-coord");
    expect(await outputOf(pose, world)).toContain("posed");
    expect(await property("StatusText")).toBe("taken");
  });

  test("a daemon whose event loop hangs is killed by the watchdog and started again", async () => {
    const { install, property, dropIn, container } = await serviceWorld(suite);
    await install("--no-start");
    await dropIn([
      "[Service]",
      "WatchdogSec=2",
      "RestartSec=100ms",
      `Environment="NODE_OPTIONS=--import=data:text/javascript,process.on('SIGUSR2',()=>{for(;;);})"`,
    ]);
    await container.must("systemctl start claude-coord");
    const pid = await property("MainPID");
    // systemd carries the socket over when it starts itself anew, as an upgrade of it does.
    await container.must("systemctl daemon-reexec");
    const pinged = await property("WatchdogTimestampMonotonic");
    await expect.poll(() => property("WatchdogTimestampMonotonic"), { timeout: 5_000 }).not.toBe(pinged);

    await container.must(`kill -USR2 ${pid}`);
    await expect.poll(() => property("NRestarts"), { timeout: 30_000 }).toBe("1");
    await expect.poll(() => property("ActiveState"), { timeout: 30_000 }).toBe("active");
    expect(await property("MainPID")).not.toBe(pid);
    expect(await container.must("journalctl -u claude-coord")).toContain("Watchdog timeout");
  });

  test("a stop lets the running turn end and leaves no process behind", async () => {
    const world = await serviceWorld(suite, {
      script: () =>
        say("first words, and then all the others to the very end", { delayMs: 400, chunkSize: 5 }),
    });
    const { install, property, container, ann, channel, discord } = world;
    await install();
    await ann.says(channel, "tell me", { mention: true });
    const last = () => discord.messages(channel).at(-1)?.content ?? "";
    await discord.until(() => last().includes("first words"), { timeoutMs: 60_000 });
    expect(last()).not.toContain("very end");
    await container.must("systemctl stop claude-coord");
    expect(last()).toContain("very end");
    expect(await property("Result")).toBe("success");
    expect(await property("ExecMainStatus")).toBe("0");
    expect((await container.sh("pgrep -u discord-bot")).stdout).toBe("");
  });

  test("what only a person can put right is not tried again; a crash is", async () => {
    const { install, property, dropIn, container, writeConfig } = await serviceWorld(suite);
    await install();
    await dropIn(["[Service]", "RestartSec=100ms"]);
    const pid = await property("MainPID");
    await container.must(`kill -KILL ${pid}`);
    await expect.poll(() => property("NRestarts"), { timeout: 10_000 }).toBe("1");
    await expect.poll(() => property("ActiveState"), { timeout: 30_000 }).toBe("active");

    await container.must("systemctl stop claude-coord");
    await writeConfig({ projects: [{ name: "web" }] });
    expect((await container.sh("systemctl start claude-coord")).code).not.toBe(0);
    expect(await property("ActiveState")).toBe("failed");
    expect(await property("ExecMainStatus")).toBe("78");
    expect(await property("NRestarts")).toBe("0");
    expect(await property("StatusText")).toContain("channel_id");
    const status = JSON.parse(await container.must("claude-coord service status --json"));
    expect(status).toMatchObject({ active: "failed", unit_state: "unknown" });

    await writeConfig({ discord: { api_url: "http://127.0.0.1:9/api" } });
    const tried = await container.sh("claude-coord service install --yes");
    expect(tried.code).toBe(1);
    expect(tried.stderr).toContain("Discord can't be reached at http://127.0.0.1:9/api");
  });

  test("installing again changes nothing, or shows what it changes; uninstalling leaves people's things", async () => {
    const { install, property, container } = await serviceWorld(suite);
    const said = await install();
    expect(said).toContain("The service runs");
    expect(said).not.toContain("can't write");
    const pid = await property("MainPID");
    expect(await container.must("claude-coord service install 2>&1")).toContain("is up to date");
    expect(await property("MainPID")).toBe(pid);

    await container.must("chown root /opt/projects/web");
    expect(await container.must("claude-coord service install 2>&1")).toContain(
      "discord-bot can't write to /opt/projects/web",
    );

    const other = "claude-coord service install --memory-max 1G";
    const asked = await container.sh(other);
    expect(asked.code).toBe(2);
    expect(asked.stdout).toContain("- MemoryMax=80%\n+ MemoryMax=1G\n");
    expect(asked.stdout).not.toContain("ExecStart");
    expect(JSON.parse(await container.must("claude-coord service status --json")).unit_state).toBe("current");
    await container.must(`${other} --yes`);
    expect(await property("MainPID")).not.toBe(pid);
    expect(await property("MemoryMax")).toBe(String(1024 ** 3));

    await container.must("claude-coord service uninstall --yes");
    expect(await property("LoadState")).toBe("not-found");
    await container.must(
      `test -e ${HOME}/.claude-coordinator/sessions.db -a -e /etc/claude-coord/discord-token`,
    );
  });

  test("Claude Code's own sandbox works where it is switched on", async () => {
    const world = await serviceWorld(suite, { script: runIt });
    const { install, container } = world;
    await container.write(
      `${HOME}/.claude/settings.json`,
      JSON.stringify({
        sandbox: { enabled: true, autoAllowBashIfSandboxed: true, allowUnsandboxedCommands: false },
      }),
    );
    await install();
    expect(
      await outputOf(`echo in > ${PROJECT}/in && echo out > ${HOME}/out || echo refused`, world),
    ).toContain("refused");
    expect(await container.must(`cat ${PROJECT}/in`)).toBe("in\n");
    expect((await container.sh(`test -e ${HOME}/out`)).code).toBe(1);
  });

  test("a service of one's own manager needs no root", async () => {
    const world = await serviceWorld(suite, { script: runIt });
    const { container, discord, writeConfig } = world;
    await container.must(
      "useradd --create-home --home-dir /home/discord-bot ann && mkdir -p /opt/projects/web",
    );
    await writeConfig({ discord: { api_url: discord.apiUrl, token: discord.token } });
    await container.must("chown -R ann: /home/discord-bot /opt/projects/web");
    const uid = (await container.must("id -u ann")).trim();
    await container.must(`systemctl start user@${uid}`);
    const asAnn = (line: string) =>
      container.must(`runuser -u ann -- env HOME=${HOME} XDG_RUNTIME_DIR=/run/user/${uid} ${line}`);
    await asAnn("claude-coord service install --user --yes");
    const status = JSON.parse(await asAnn("claude-coord service status --user --json"));
    expect(status).toMatchObject({ active: "active", unit_state: "current", status: "answering as claude" });
    expect(await outputOf("whoami", world)).toContain("ann");
  });
});
