import { describe, expect, test } from "vitest";
import { repositoryIn, repositoryUrl, showsLogin } from "../../../src/core/projects/repository-url.ts";

describe("addresses that are taken", () => {
  test.each([
    ["https://github.com/me/web.git", "https://github.com/me/web.git", "web"],
    ["<https://github.com/me/web>", "https://github.com/me/web", "web"],
    ["https://git.example.org:8443/a/b/c%20d/", "https://git.example.org:8443/a/b/c%20d/", "c-d"],
    ["ssh://git@host.example:2222/me/web.git", "ssh://git@host.example:2222/me/web.git", "web"],
    ["git@github.com:me/web.git", "git@github.com:me/web.git", "web"],
    ["git@host:~/web", "git@host:~/web", "web"],
  ])("%s", (text, address, name) => {
    expect(repositoryUrl(text)).toEqual({ address, name, login: undefined });
  });

  test("a login is taken out of what is shown", () => {
    expect(repositoryUrl("https://ann:p%40ss@github.com/me/web.git")).toEqual({
      address: "https://github.com/me/web.git",
      name: "web",
      login: { user: "ann", password: "p@ss" },
    });
    expect(repositoryUrl("https://ghp_token@github.com/me/web.git")).toMatchObject({
      address: "https://github.com/me/web.git",
      login: { user: "ghp_token", password: "" },
    });
  });
});

describe("addresses that are refused", () => {
  test.each([
    "",
    "web",
    "http://github.com/me/web.git",
    "git://github.com/me/web.git",
    "file:///etc",
    "/etc/passwd",
    "../other",
    "ext::sh -c touch% /tmp/x",
    "ext::sh",
    "fd::17",
    "--upload-pack=touch /tmp/x",
    "-oProxyCommand=x",
    "ssh://-oProxyCommand=x/path",
    "ssh://-x@host/path",
    "-x@host:path",
    "git@-oProxyCommand=x:path",
    "git@host:-x",
    "git@host::sh",
    "host:path",
    "https://github.com",
    "https://github.com/",
    "https://github.com/me/web.git\nhttps://evil",
    "https://github.com/me/web.git --upload-pack=x",
    "https://github.com/me/web?tab=readme",
    "https://github.com/me/web#readme",
    "ssh://git:secret@host/me/web.git",
    `https://github.com/${"a".repeat(600)}`,
  ])("%s", (text) => {
    const refused = repositoryUrl(text);
    expect(refused).toBeTypeOf("string");
    expect(refused).not.toContain("secret");
  });
});

test("the first address in a message is found", () => {
  expect(repositoryIn("please add <https://github.com/me/web.git> and git@host:b")).toMatchObject({
    name: "web",
  });
  expect(repositoryIn("hello, see http://example.org")).toBeUndefined();
});

test("what looks like an address with a login is seen in any text", () => {
  expect(showsLogin("add https://ann:secret@host/web.git please")).toBe(true);
  expect(showsLogin("add https://host/web.git, ann@host knows")).toBe(false);
});
