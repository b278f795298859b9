import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(resolve(ROOT, file), "utf8");

/** The instructions of the Dockerfile, one a line, without comments. */
function instructions(): (readonly [string, string])[] {
  const lines = read("Dockerfile").replaceAll("\\\n", " ").split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);
}

test("the image is made in two stages, of files that are there, and does not run as root", () => {
  const all = instructions();
  expect(all.filter(([name]) => name === "FROM")).toHaveLength(2);
  const ignored = new Set(read(".dockerignore").trim().split("\n"));
  for (const [name, rest] of all) {
    if (name !== "COPY" || rest.startsWith("--from")) continue;
    for (const source of rest.split(" ").slice(0, -1)) {
      expect(existsSync(resolve(ROOT, source)), source).toBe(true);
      expect(ignored.has(source), source).toBe(false);
    }
  }
  const last = (name: string) => all.findLast(([each]) => each === name)?.[1];
  expect(last("USER")).toBe("node");
  expect(JSON.parse(last("CMD") ?? "")).toEqual(["claude-coord", "serve"]);
  expect(last("HEALTHCHECK")).toMatch(/CMD \["claude-coord", "status"\]$/);
});

test("the compose file keeps what must outlive the container", () => {
  const { services, volumes } = parse(read("compose.yaml"));
  const kept = services.bot.volumes.map((volume: string) => volume.split(":")[1]);
  const declared = instructions().find(([name]) => name === "VOLUME")?.[1] ?? "[]";
  expect(kept).toEqual(JSON.parse(declared));
  expect(volumes).toHaveProperty("home");
  expect(services.bot.init).toBe(true);
});
