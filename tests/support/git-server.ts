import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { tempDir } from "./temp-dir.ts";

const TLS = fileURLToPath(new URL("../fixtures/tls", import.meta.url));

export interface GitServer {
  /** `https://127.0.0.1:<port>/<name>.git`, with a login in it if one is given. */
  url(name: string, login?: string): string;
  /** The same repository on this machine. */
  path(name: string): string;
  /** Puts what people have set up, so that git trusts this server and takes its `ssh` for ssh, into a home. */
  setUpHome(home: string): void;
  /** Paths that were asked for, with their queries. */
  readonly requests: readonly string[];
  /** Lets answers wait until this is called; before that, requests hang. */
  hold(): () => void;
}

/**
 * A real git server on https, with repositories of the given files; `private` ones want the login `ann:secret`. The
 * home that it sets up has an `ssh` that runs the far end here.
 */
export async function gitServer(
  repositories: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<GitServer> {
  const root = tempDir();
  for (const [name, files] of Object.entries(repositories)) makeRepository(root, name, files);
  const requests: string[] = [];
  let held: Promise<void> = Promise.resolve();
  const server = createServer(
    { key: readFileSync(join(TLS, "key.pem")), cert: readFileSync(join(TLS, "cert.pem")) },
    async (request, response) => {
      requests.push(request.url ?? "");
      await held;
      const url = new URL(request.url ?? "/", "https://127.0.0.1");
      const expected = `Basic ${Buffer.from("ann:secret").toString("base64")}`;
      if (url.pathname.startsWith("/private") && request.headers.authorization !== expected) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
        return;
      }
      const child = spawn("git", ["http-backend"], {
        env: {
          PATH: process.env.PATH,
          GIT_PROJECT_ROOT: root,
          GIT_HTTP_EXPORT_ALL: "1",
          PATH_INFO: url.pathname,
          QUERY_STRING: url.search.slice(1),
          REQUEST_METHOD: request.method,
          CONTENT_TYPE: request.headers["content-type"] ?? "",
          HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
          HTTP_GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        },
        stdio: ["pipe", "pipe", "ignore"],
      });
      child.stdin.on("error", () => {});
      request.pipe(child.stdin);
      const chunks: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.once("close", () => {
        const all = Buffer.concat(chunks);
        const end = all.indexOf("\r\n\r\n");
        const headers = all.subarray(0, end).toString().split("\r\n");
        for (const header of headers) {
          const [name = "", value = ""] = header.split(": ");
          if (name === "Status") response.statusCode = Number.parseInt(value, 10);
          else if (name !== "") response.setHeader(name, value);
        }
        response.end(all.subarray(end + 4));
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: (name, login) => `https://${login === undefined ? "" : `${login}@`}127.0.0.1:${port}/${name}.git`,
    path: (name) => join(root, `${name}.git`),
    requests,
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    setUpHome: (home) => {
      const ssh = join(root, "ssh");
      // Its last argument is what the far end is to run; the paths in it begin at the server's root.
      writeFileSync(ssh, `#!/bin/sh\nfor last; do :; done\ncd '${root}' && exec sh -c "$last"\n`, {
        mode: 0o755,
      });
      mkdirSync(dirname(join(home, ".gitconfig")), { recursive: true });
      writeFileSync(
        join(home, ".gitconfig"),
        `[http]\n\tsslCAInfo = ${join(TLS, "cert.pem")}\n[core]\n\tsshCommand = ${ssh}\n`,
      );
    },
  };
}

function makeRepository(root: string, name: string, files: Readonly<Record<string, string>>): void {
  const work = tempDir();
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: work,
      env: {
        PATH: process.env.PATH,
        HOME: work,
        GIT_AUTHOR_NAME: "ann",
        GIT_AUTHOR_EMAIL: "ann@example.org",
        GIT_COMMITTER_NAME: "ann",
        GIT_COMMITTER_EMAIL: "ann@example.org",
      },
      stdio: "ignore",
    });
  git("init", "--initial-branch=main");
  for (const [path, content] of Object.entries(files)) {
    writeFileSync(join(work, path), content);
    git("add", "--", path);
    git("commit", "--message", `add ${path}`);
  }
  git("clone", "--bare", work, join(root, `${name}.git`));
}
