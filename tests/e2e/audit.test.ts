import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type APIMessage, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { written } from "../support/answers.ts";
import { runBinary } from "../support/cli.ts";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };
const STAND_IN = resolve(import.meta.dirname, "../support/stand-in-claude.js");

type Recorded = Readonly<Record<string, unknown>>;

/** Ann may talk, max manages, olga is an administrator, mallory may nothing. */
async function scene() {
  const { discord, model } = await realWorld();
  const web = discord.addChannel("web");
  const old = discord.addChannel("old");
  const [ann, mallory] = [discord.addMember("ann"), discord.addMember("mallory")];
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const olga = discord.addMember("olga", { permissions: PermissionFlagsBits.Administrator });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [
      { name: "web", channel_id: web.id },
      { name: "old", channel_id: old.id },
    ],
    config: { access: { users: [ann.id, max.id] }, claude: { command: STAND_IN } },
  });
  const file = join(fixture.home, ".claude-coordinator", "logs", "audit.jsonl");
  const coord = (...args: string[]) => runBinary(args, { HOME: fixture.home, PATH: process.env.PATH });
  const shown = async (...args: string[]): Promise<Recorded[]> => {
    const { stdout } = await coord("audit", "show", "--json", ...args);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Recorded);
  };
  const until = (type: string, count = 1) =>
    expect
      .poll(() => readFileSync(file, "utf8").split(`"type":"${type}"`).length - 1, {
        ...PATIENCE,
        message: type,
      })
      .toBeGreaterThanOrEqual(count);
  const says = (text: string) => ann.says(web, text, { mention: true });
  const button = async (label: string): Promise<APIMessage> => {
    const has = () =>
      written(discord, web).findLast(({ components }) => JSON.stringify(components ?? []).includes(label));
    await expect.poll(has, PATIENCE).toBeDefined();
    return has() as APIMessage;
  };
  return { discord, web, old, ann, mallory, max, olga, fixture, file, coord, shown, until, says, button };
}

test("who did what is written down, shown and verified; nothing of what people wrote is in it", async () => {
  const { web, old, ann, mallory, max, olga, fixture, file, coord, shown, until, says, button } =
    await scene();
  const daemon = await fixture.start();
  await until("started");

  await says("m1 what only ann knows");
  await until("turn_ended");
  await mallory.says(web, "let me in", { mention: true });
  await until("refused");
  await (await mallory.runs(web, "/model", { name: "opus" })).answered();
  await until("refused", 2);
  await says("m2 [asks]");
  await ann.clicks(await button("Always in this session"), "Always in this session");
  await until("permission_decided");
  await until("turn_ended", 2);
  const [list] = await (await ann.runs(web, "/permissions")).waitsForReply({ timeoutMs: 30_000 });
  await (await ann.selects(list!, "Take back…", ["0:Bash(touch *)"])).answered();
  await until("permissions_withdrawn");
  await (await max.runs(web, "/model", { name: "haiku" })).answered({ timeoutMs: 30_000 });
  await until("model_changed");
  const [question] = await (await max.runs(web, "/reset")).waitsForReply({ timeoutMs: 30_000 });
  await max.clicks(question!, "Yes, reset");
  await until("session_reset");
  await says("m3 again");
  await until("turn_ended", 3);
  const sessionId = /"session_id":"([^"]+)"/.exec((await coord("sessions", "ls", "--json")).stdout)?.[1];
  expect((await coord("sessions", "reset", sessionId ?? "web", "--yes")).code).toBe(0);
  await until("session_reset", 2);
  const [sure] = await (await olga.runs(old, "/remove-project")).waitsForReply({ timeoutMs: 30_000 });
  await olga.clicks(sure!, "Yes, remove");
  await until("project_removed");
  appendFileSync(fixture.configFile, "redact: maybe\n");
  await until("config_refused");
  await daemon.stop();

  expect(statSync(file).mode & 0o777).toBe(0o600);
  const all = await shown("-n", "1000");
  const of = (type: string) => all.filter((record) => record.type === type);
  expect(of("turn_accepted")[0]).toMatchObject({ user_id: ann.id, conversation: web.id, project: "web" });
  expect(of("refused")).toMatchObject([
    { user_id: mallory.id, what: "message", reason: "not_allowed", conversation: web.id },
    { user_id: mallory.id, what: "model", reason: "not_allowed", action: "manage" },
  ]);
  expect(of("permission_decided")).toMatchObject([
    {
      user_id: ann.id,
      state: "allowed",
      tool: "Bash",
      input: { command: "touch secret-plan" },
      for_session: { rules: ["Bash(touch *)"] },
    },
  ]);
  expect(of("permissions_withdrawn")).toMatchObject([{ user_id: ann.id, rules: ["Bash(touch *)"] }]);
  expect(of("model_changed")).toMatchObject([{ user_id: max.id, before: "default", after: "haiku" }]);
  expect(of("config_changed")[0]).toMatchObject({
    settings: [{ key: "projects.web.model", after: "haiku" }],
  });
  expect(of("session_reset")).toMatchObject([{ user_id: max.id }, { by: "shell" }]);
  expect(of("project_removed")).toMatchObject([{ user_id: olga.id, project: "old" }]);
  expect(of("config_refused")[0]?.problems).toEqual([expect.stringContaining("redact")]);
  expect([all[0]?.type, all.at(-1)?.type]).toEqual(["started", "stopped"]);

  const text = readFileSync(file, "utf8");
  for (const secret of ["what only ann knows", "let me in", "made-up-key"])
    expect(text).not.toContain(secret);
  expect(await shown("--user", max.id)).toEqual(all.filter((record) => record.user_id === max.id));
  expect(await shown("--type", "refused")).toEqual(of("refused"));
  expect(await shown("--since", "2099-01-01")).toEqual([]);
  const { stdout } = await coord("audit", "show", "--type", "permission_decided");
  expect(stdout).toMatch(
    new RegExp(`^\\d{4}-.* permission_decided user_id=${ann.id} state=allowed tool=Bash input=`),
  );

  const verified = await coord("audit", "verify");
  expect(verified).toMatchObject({ code: 0 });
  expect(verified.stdout).toContain(`whole: ${all.length} records in 1 file`);
  expect(verified.stdout).toContain("2 of 2 ends that were noted are in it");
  writeFileSync(file, text.replace("touch secret-plan", "touch nothing"));
  const broken = await coord("audit", "verify");
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/^broken: audit\.jsonl, line \d+: the line before this one/);
  // The last records are gone: the chain is whole, but the bot's log knows of more.
  writeFileSync(
    file,
    text
      .split("\n")
      .slice(0, -4)
      .map((line) => `${line}\n`)
      .join(""),
  );
  expect((await coord("audit", "verify")).stdout).toMatch(/^broken: .* the log ended with record \d+ once/);
});

test("a kill leaves a chain that goes on; a torn line is cut and told of", async () => {
  const { fixture, file, coord, shown, until, says } = await scene();
  const killed = await fixture.start();
  await says("m1");
  await until("turn_ended");
  killed.signal("SIGKILL");
  await killed.ended;
  appendFileSync(file, '{"seq":99,"time":"20');
  const daemon = await fixture.start();
  await says("m2");
  await until("turn_ended", 2);
  await daemon.stop();
  const types = (await shown("-n", "1000")).map(({ type }) => type);
  expect(types.slice(types.indexOf("line_cut"))).toEqual([
    "line_cut",
    "started",
    "turn_accepted",
    "turn_ended",
    "stopped",
  ]);
  expect(await coord("audit", "verify")).toMatchObject({ code: 0 });
});
