import { defineConfig } from "vitest/config";
import { firstTries } from "./tests/support/first-tries.ts";

export default defineConfig({
  test: {
    reporters: ["default", firstTries],
    projects: [
      {
        // In-process: real SQLite files, real discord.js and a real loopback server, no real CLI.
        test: {
          name: "unit",
          // Most of them wait more than they work; alone, vitest would run one at a time on two cores.
          maxWorkers: 2,
          // After the real ones: what has seconds to answer should not stand beside a `claude` that starts.
          sequence: { groupOrder: 1 },
          // Many of these run a whole daemon with processes of its own, on a machine that CI shares with others.
          retry: process.env.CI ? 1 : 0,
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/e2e/**", "tests/contract/**", "tests/chaos/**", "tests/systemd/booted/**"],
          // What hangs ends too; a busy machine must not.
          testTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        // The real `claude` binary; few at a time, since each takes ~200 MB and a core at its start.
        test: {
          name: "real",
          include: ["tests/e2e/**/*.test.ts", "tests/contract/**/*.test.ts", "tests/chaos/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          // Real processes on a machine that CI shares with others: one more try there, and the report says so.
          retry: process.env.CI ? 1 : 0,
        },
      },
      {
        // A booted systemd in a container; needs root, so `npm test` leaves it out.
        test: {
          name: "systemd",
          include: ["tests/systemd/booted/**/*.test.ts"],
          // What hangs ends too; a busy machine must not.
          testTimeout: 300_000,
          fileParallelism: false,
          retry: process.env.CI ? 1 : 0,
        },
      },
    ],
  },
});
