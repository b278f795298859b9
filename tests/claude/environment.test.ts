import { expect, test } from "vitest";
import { claudeEnvironment, type EnvironmentOptions, markEnvironment } from "../../src/claude/environment.ts";

const options: EnvironmentOptions = {
  path: "/usr/bin:/bin",
  home: "/home/bot",
  locale: {
    LANG: "de_DE.UTF-8",
    LC_ALL: "C.UTF-8",
    TZ: "Europe/Berlin",
    DISCORD_TOKEN: "secret",
    HOME: "/root",
    CLAUDECODE: "1",
    NODE_OPTIONS: "--inspect",
  },
  extraEnv: {},
  retries: 3,
};

test("the environment is built from nothing", () => {
  expect(claudeEnvironment({ ...options, credential: { ANTHROPIC_API_KEY: "key" } })).toEqual({
    PATH: "/usr/bin:/bin",
    HOME: "/home/bot",
    LANG: "de_DE.UTF-8",
    LC_ALL: "C.UTF-8",
    TZ: "Europe/Berlin",
    ANTHROPIC_API_KEY: "key",
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "3",
    CLAUDE_CODE_STARTUP_FAILURE_RESULTS: "1",
    CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: "1",
    CLAUDE_CODE_STREAM_EVENT_HOLD_MS: "100",
  });
});

test("what a person configured for Claude counts over our defaults", () => {
  const extraEnv = { HTTPS_PROXY: "http://proxy:3128", CLAUDE_CODE_MAX_RETRIES: "1" };
  expect(claudeEnvironment({ ...options, extraEnv })).toMatchObject(extraEnv);
});

test.for(["DISCORD_TOKEN", "CONFIG_PATH", "CLAUDECODE", "CLAUDE_COORD_HOME", "CLAUDE_COORD_INSTANCE"])(
  "%s never reaches Claude, not even when it is configured",
  (name) => {
    expect(claudeEnvironment({ ...options, extraEnv: { [name]: "x" } })).not.toHaveProperty(name);
  },
);

test("an agent's environment says whose it is", () => {
  const marks = { instanceId: "i", agentId: "a", daemon: "7:99", continueInterrupted: true };
  expect(markEnvironment({ PATH: "/bin" }, marks)).toEqual({
    PATH: "/bin",
    CLAUDE_COORD_INSTANCE: "i",
    CLAUDE_COORD_AGENT: "a",
    CLAUDE_COORD_DAEMON: "7:99",
    CLAUDE_CODE_RESUME_INTERRUPTED_TURN: "1",
  });
  expect(markEnvironment({}, { ...marks, continueInterrupted: false })).not.toHaveProperty(
    "CLAUDE_CODE_RESUME_INTERRUPTED_TURN",
  );
});
