import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { daemonFixture } from "../support/daemon.ts";
import { realWorld } from "../support/real-world.ts";

/** Each ends `serve` with its exit code and one paragraph on what to do. */
describe("serve says what is wrong and ends", () => {
  async function fixture(discordOptions = {}) {
    const { discord, model } = await realWorld({ discord: discordOptions });
    const channel = discord.addChannel("web");
    const projects = [{ name: "web", channel_id: channel.id }];
    return { discord, fixture: daemonFixture({ discord, modelUrl: model.url, projects }) };
  }

  test("no config file", async () => {
    const { fixture: daemon } = await fixture();
    const missing = daemonFixture({
      discord: { apiUrl: "", token: "" },
      modelUrl: "",
      projects: [],
      env: { CLAUDE_COORD_HOME: join(daemon.home, "nowhere") },
    });
    const { code, stderr } = await missing.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toContain("there is no such file");
    expect(stderr).toContain("config.example.yaml");
  });

  test("no token", async () => {
    const { discord, fixture: daemon } = await fixture();
    daemon.writeConfig({ discord: { api_url: discord.apiUrl } });
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toContain("there is no bot token");
  });

  test("a token that Discord refuses", async () => {
    const { discord, fixture: daemon } = await fixture();
    daemon.writeConfig({ discord: { api_url: discord.apiUrl, token: "wrong.token.altogether" } });
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toContain("Discord does not accept the bot token");
    expect(stderr).toContain("Reset Token");
    expect(stderr).not.toContain("wrong.token");
  });

  test("the Message Content intent not switched on", async () => {
    const { fixture: daemon } = await fixture({ messageContentAllowed: false });
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toContain("switch on Message Content Intent");
  });

  test("Discord out of reach, which is worth another try", async () => {
    const { discord, fixture: daemon } = await fixture();
    await discord.faults.goAway();
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(75);
    expect(stderr).toContain("Discord can't be reached at http://127.0.0.1");
  });

  test("a project directory that is not there", async () => {
    const { discord, fixture: daemon } = await fixture();
    daemon.writeConfig({
      projects: [{ name: "web", channel_id: "123456789012345678", project_dir: join(daemon.home, "gone") }],
      discord: { api_url: discord.apiUrl, token: discord.token },
    });
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toMatch(/config\.yaml:\d+:\d+.*project_dir/s);
  });

  test("claude not found", async () => {
    const { fixture: daemon } = await fixture();
    daemon.writeConfig({ claude: { command: "claude-that-is-not-there" } });
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toContain("npm install -g @anthropic-ai/claude-code");
  });

  test("a claude that is too old", async () => {
    const { fixture: daemon } = await fixture();
    const old = join(daemon.home, "claude");
    writeFileSync(old, '#!/bin/sh\necho "1.0.3 (Claude Code)"\n');
    chmodSync(old, 0o755);
    daemon.writeConfig({ claude: { command: old } });
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toContain("Claude Code 1.0.3");
    expect(stderr).toContain("Update it with");
  });

  test("a damaged ~/.claude.json, with the backup to put back", async () => {
    const { fixture: daemon } = await fixture();
    writeFileSync(join(daemon.home, ".claude.json"), "{ not json");
    mkdirSync(join(daemon.home, ".claude", "backups"), { recursive: true });
    writeFileSync(join(daemon.home, ".claude", "backups", ".claude.json.backup.1700000000000"), "{}");
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toContain(".claude.json.backup.1700000000000");
  });

  test("YAML that can't be read, with the line", async () => {
    const { fixture: daemon } = await fixture();
    writeFileSync(daemon.configFile, "discord:\n  token: x\n bad: [", { mode: 0o600 });
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(78);
    expect(stderr).toMatch(/config\.yaml:\d+:\d+/);
  });

  test("a second daemon with the same database", async () => {
    const { fixture: daemon } = await fixture();
    await daemon.start();
    const { code, stderr } = await daemon.startAndFail();
    expect(code).toBe(1);
    expect(stderr).toContain("Another claude-coord is running");
  });
});
