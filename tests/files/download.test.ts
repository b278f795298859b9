import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DownloadRefused, download } from "../../src/files/download.ts";
import { tempDir } from "../support/temp-dir.ts";

/** A server on this machine that answers as the test says, and what it was asked for. */
async function serve(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const path = join(tempDir(), "a.txt");
  const get = (change: Partial<Parameters<typeof download>[0]> = {}) =>
    download({
      url: `${origin}/a.txt`,
      origins: new Set([origin]),
      path,
      maxBytes: 10,
      timeoutMs: 5_000,
      signal: new AbortController().signal,
      ...change,
    });
  return { asked, origin, path, get };
}

const nothingIsLeft = (path: string) => expect(readdirSync(join(path, ".."))).toEqual([]);

test("a file is stored for its owner alone", async () => {
  const { get, path } = await serve((_, response) => response.end("hello"));
  expect(await get()).toBe(5);
  expect(readFileSync(path, "utf8")).toBe("hello");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  "http://169.254.169.254/latest/meta-data",
  "http://127.0.0.1:1/x",
  "https://cdn.discordapp.com.evil.example/x",
  "http://cdn.discordapp.com/x",
  "file:///etc/passwd",
  "no address",
])("%s is not asked", async (url) => {
  const { get, asked, path } = await serve((_, response) => response.end("hello"));
  const origins = new Set(["https://cdn.discordapp.com"]);
  await expect(get({ url, origins })).rejects.toThrow("not at an address of Discord's");
  expect(asked).toEqual([]);
  nothingIsLeft(path);
});

test("a redirect is not followed", async () => {
  const { get, asked, path } = await serve((request, response) => {
    if (request.url === "/a.txt") response.writeHead(302, { location: "/secret" });
    response.end("secret");
  });
  await expect(get()).rejects.toThrow(DownloadRefused);
  expect(asked).toEqual(["/a.txt"]);
  expect(existsSync(path)).toBe(false);
});

test("what is longer than allowed is given up, also when the server says otherwise", async () => {
  const { get, path } = await serve((_, response) => {
    response.write("12345678");
    response.end("90 and more");
  });
  await expect(get()).rejects.toThrow("too large");
  nothingIsLeft(path);
});

test("a server that stops in the middle leaves nothing", async () => {
  const { get, path } = await serve((_, response) => {
    response.writeHead(200, { "content-length": "9" });
    response.write("123", () => response.destroy());
  });
  await expect(get()).rejects.toThrow("the connection failed");
  nothingIsLeft(path);
});

test("a server that says nothing is given up after a time", async () => {
  const { get, path } = await serve(() => {});
  await expect(get({ timeoutMs: 50 })).rejects.toThrow("took too long");
  nothingIsLeft(path);
});

test("a folder that is not there is not blamed on Discord", async () => {
  const { get, path } = await serve((_, response) => response.end("hello"));
  await expect(get({ path: join(path, "..", "none", "a.txt") })).rejects.toMatchObject({ code: "ENOENT" });
});

test("an address that has expired is told apart", async () => {
  const { get } = await serve((_, response) => response.writeHead(404).end());
  await expect(get()).rejects.toMatchObject({ gone: true, message: "Discord answered 404" });
});

test("a stop of the daemon is no answer of Discord's", async () => {
  const stop = new AbortController();
  const { get } = await serve(() => stop.abort(new Error("stopped")));
  await expect(get({ signal: stop.signal })).rejects.toThrow("stopped");
});
