import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { describe, expect, test } from "vitest";
import type { ProjectWish } from "../../../src/core/projects/addition.ts";
import { type AdditionDeps, createAdditions } from "../../../src/core/projects/project-addition.ts";
import { type RepositoryUrl, repositoryUrl } from "../../../src/core/projects/repository-url.ts";
import { createProjectFolders } from "../../../src/daemon/projects/project-folders.ts";
import { createProjectChannels } from "../../../src/discord/setup/project-channels.ts";
import { createAdditionJournal } from "../../../src/sqlite/additions.ts";
import { createRest, startDiscord } from "../../loopback/discord/connected-bot.ts";
import { testDatabase } from "../../support/database.ts";
import { tempDir } from "../../support/temp-dir.ts";

const URL = repositoryUrl("https://git.example.org/me/web.git") as RepositoryUrl;

type Scene = Awaited<ReturnType<typeof scene>>;

/** Real folders, a real journal and a loopback Discord; what git would do is done by the test. */
async function scene() {
  const discord = await startDiscord();
  const here = discord.addChannel("here");
  const category = discord.addChannel("Projects", { type: ChannelType.GuildCategory });
  const home = tempDir();
  const root = join(home, "projects");
  const db = testDatabase();
  const configured: { name: string; channelId: string; projectDir: string }[] = [];
  const clone = async (_url: RepositoryUrl, into: string) => {
    mkdirSync(join(into, ".git"), { recursive: true });
    writeFileSync(join(into, "readme.md"), "hello");
  };
  /** A daemon's additions; each call is a new process on the same disk. */
  const start = (change: Partial<AdditionDeps & { clone: typeof clone }> = {}) => {
    let id = 0;
    return createAdditions({
      folders: createProjectFolders({ root: () => root, clone: change.clone ?? clone }),
      channels: createProjectChannels(createRest(discord), { botId: () => discord.bot.id, now: Date.now }),
      journal: createAdditionJournal(db),
      projects: () => configured,
      configure: async (project) => void configured.push(project),
      isConfigured: (name, projectDir) =>
        configured.some((project) => project.name === name && project.projectDir === projectDir),
      newId: () => `id${Date.now()}${id++}`,
      now: Date.now,
      events: { emit: () => {} },
      log: { info: () => {}, warn: () => {} },
      ...change,
    });
  };
  const wish = (change: Partial<ProjectWish> = {}): ProjectWish => ({
    name: "web",
    source: { kind: "clone", url: URL },
    place: { kind: "new_channel", name: "web", categoryId: category.id },
    guildId: discord.guild.id,
    model: undefined,
    permissionMode: undefined,
    askedBy: "1",
    askedIn: here.id,
    ...change,
  });
  const add = (additions: ReturnType<typeof start>, change: Partial<ProjectWish> = {}) =>
    additions.add(wish(change), { signal: new AbortController().signal, onStep: () => {} });
  const channels = () =>
    [...discord.world.channels.values()]
      .map(({ name }) => name)
      .filter((name) => name !== "here" && name !== "Projects");
  const left = () => ({
    folders: existsSync(root) ? readdirSync(root) : [],
    channels: channels(),
    journal: createAdditionJournal(db).open().length,
    configured: configured.map(({ name }) => name),
  });
  return { discord, here, category, home, root, db, configured, start, add, left, channels };
}

const NOTHING = { folders: [], channels: [], journal: 0, configured: [] };
const WHOLE = { folders: ["web"], channels: ["web"], journal: 0, configured: ["web"] };
const never = () => new Promise<never>(() => {});

test("a project is added whole: its clone, its channel, its entry", async () => {
  const { discord, category, root, start, add, left } = await scene();
  const added = await add(start());
  expect(left()).toEqual(WHOLE);
  expect(added.projectDir).toBe(join(root, "web"));
  expect(readdirSync(join(root, "web", ".git"))).toEqual([]);
  expect(discord.world.channels.get(added.channelId)?.parentId).toBe(category.id);
});

describe("when a step fails, nothing is left", () => {
  const broken = async () => {
    throw new Error("broken");
  };

  test.each<[string, (all: Scene) => Partial<AdditionDeps & { clone: typeof broken }>]>([
    ["the clone", () => ({ clone: broken })],
    [
      "the channel, which the bot may not make",
      ({ discord }) => {
        discord.guild.setBotPermissions(PermissionFlagsBits.ViewChannel);
        return {};
      },
    ],
    ["the configuration", () => ({ configure: broken })],
  ])("%s", async (_what, change) => {
    const all = await scene();
    await expect(all.add(all.start(change(all)))).rejects.toThrow();
    expect(all.left()).toEqual(NOTHING);
  });

  test("called off while it is cloned", async () => {
    const { start, left, discord, here } = await scene();
    const off = new AbortController();
    const clone = async (_url: RepositoryUrl, into: string) => {
      mkdirSync(join(into, ".git"), { recursive: true });
      off.abort(new Error("called off"));
    };
    const additions = start({ clone });
    const wish: ProjectWish = {
      name: "web",
      source: { kind: "clone", url: URL },
      place: { kind: "channel", channelId: here.id },
      guildId: discord.guild.id,
      model: undefined,
      permissionMode: undefined,
      askedBy: "1",
      askedIn: here.id,
    };
    await expect(additions.add(wish, { signal: off.signal, onStep: () => {} })).rejects.toThrow("called off");
    expect(left()).toEqual(NOTHING);
  });

  test("the bot is stopped", async () => {
    const { start, add, left } = await scene();
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const additions = start({
      clone: (_url: RepositoryUrl, into: string, options?: { signal: AbortSignal }) => {
        mkdirSync(into, { recursive: true });
        begun();
        return new Promise((_, reject) =>
          options?.signal.addEventListener("abort", () => reject(new Error("ended"))),
        );
      },
    } as never);
    const adding = add(additions);
    adding.catch(() => {});
    await hasBegun;
    await additions.stop();
    await expect(adding).rejects.toThrow();
    expect(left()).toEqual(NOTHING);
  });

  test("an entry that was written though it was said to have failed stays, with its folder and channel", async () => {
    const { start, add, left, configured } = await scene();
    const configure: AdditionDeps["configure"] = async (project) => {
      configured.push(project);
      throw new Error("the folder could not be synced");
    };
    await expect(add(start({ configure }))).rejects.toThrow("synced");
    expect(left()).toEqual(WHOLE);
  });
});

describe("when the process dies in the middle, the next try works", () => {
  const halfClone = (_url: RepositoryUrl, into: string) => {
    mkdirSync(join(into, ".git"), { recursive: true });
    writeFileSync(join(into, ".git", "half"), "");
    return never();
  };
  const scenes: [string, (all: Scene) => object][] = [
    ["while it is cloned", () => ({ clone: halfClone })],
    ["before the configuration is written", () => ({ configure: never })],
    [
      "between the making of the channel and the noting of it",
      ({ db }) => ({
        journal: {
          ...createAdditionJournal(db),
          channelMade: () => {
            throw new Error("the process is gone");
          },
          end: () => {},
        },
        isConfigured: () => {
          throw new Error("the process is gone");
        },
      }),
    ],
  ];

  test.each(scenes)("%s", async (_when, change) => {
    const all = await scene();
    const dying = all.add(all.start(change(all)));
    dying.catch(() => {});
    await expect.poll(() => all.left().journal).toBe(1);
    await expect.poll(() => all.left().folders.length).toBe(1);
    if (!_when.includes("cloned")) await expect.poll(() => all.channels()).toEqual(["web"]);
    const told: string[] = [];
    const next = all.start();
    await next.recover(async ({ projectName }) => void told.push(projectName));
    expect(told).toEqual(["web"]);
    expect(all.left()).toEqual(NOTHING);
    await all.add(next);
    expect(all.left()).toEqual(WHOLE);
  });

  test("also without a recovery before it", async () => {
    const all = await scene();
    void all.add(all.start({ configure: never }));
    await expect.poll(() => all.channels()).toEqual(["web"]);
    await all.add(all.start());
    expect(all.left()).toEqual(WHOLE);
  });

  test("after the configuration is written it stays, and only its marks go", async () => {
    const all = await scene();
    const configure: AdditionDeps["configure"] = async (project) => {
      all.configured.push(project);
      return never();
    };
    void all.add(all.start({ configure }));
    await expect.poll(() => all.configured.length).toBe(1);
    const told: string[] = [];
    await all.start().recover(async ({ projectName }) => void told.push(projectName));
    expect(told).toEqual([]);
    expect(all.left()).toEqual(WHOLE);
    expect(readdirSync(join(all.root, "web", ".git"))).toEqual([]);
  });
});

describe("folders", () => {
  const folder = (path: string): Partial<ProjectWish> => ({ source: { kind: "folder", path } });

  test("one that is not there is made, and taken away again if the rest fails", async () => {
    const { root, start, add, left } = await scene();
    await add(start(), folder("notes"));
    expect(left().folders).toEqual(["notes"]);
    await expect(
      add(start({ configure: async () => Promise.reject(new Error("broken")) }), {
        ...folder("other"),
        name: "other",
      }),
    ).rejects.toThrow("broken");
    expect(readdirSync(root)).toEqual(["notes"]);
  });

  test("one that is there is used and never taken away", async () => {
    const { root, start, add, left } = await scene();
    mkdirSync(join(root, "notes"), { recursive: true });
    writeFileSync(join(root, "notes", "a.txt"), "mine");
    const failing = start({ configure: async () => Promise.reject(new Error("broken")) });
    await expect(add(failing, folder("notes"))).rejects.toThrow("broken");
    expect(readFileSync(join(root, "notes", "a.txt"), "utf8")).toBe("mine");
    await add(start(), folder(join(root, "notes")));
    expect(left().configured).toEqual(["web"]);
  });

  test.each([
    ["..", "only in"],
    ["../other", "only in"],
    ["/etc", "only in"],
    [".", "only in"],
    ["out", "only in"],
    ["out/made", "only in"],
    ["dead", "can't be opened"],
    ["file", "is not a folder"],
    ["no/such/folder", "There is no folder"],
  ])("%s is refused, links resolved", async (path, message) => {
    const { home, root, start, add, left } = await scene();
    mkdirSync(root);
    mkdirSync(join(home, "elsewhere"));
    symlinkSync(join(home, "elsewhere"), join(root, "out"));
    symlinkSync(join(home, "nowhere"), join(root, "dead"));
    writeFileSync(join(root, "file"), "");
    const before = left();
    await expect(add(start(), folder(path))).rejects.toThrow(message);
    expect(left()).toEqual(before);
    expect(readdirSync(join(home, "elsewhere"))).toEqual([]);
  });

  test("a clone takes no place that is taken, not even by a link that leads nowhere", async () => {
    const { home, root, start, add } = await scene();
    mkdirSync(root);
    symlinkSync(join(home, "nowhere"), join(root, "web"));
    await expect(add(start())).rejects.toThrow("is there already");
    expect(existsSync(join(home, "nowhere"))).toBe(false);
  });

  test("a root that is a link is followed once, and what is written is where it leads", async () => {
    const { home, root, start, add } = await scene();
    mkdirSync(join(home, "disk"));
    symlinkSync(join(home, "disk"), root);
    expect((await add(start())).projectDir).toBe(join(home, "disk", "web"));
  });
});

describe("what is taken or can't be", () => {
  test.each(["", ".", "..", "a/b", "../a", "-x", "a b", "ä", "a\n", ".git", "x".repeat(61)])(
    "the name %j",
    async (name) => {
      const { start, add, left } = await scene();
      await expect(add(start(), { name })).rejects.toThrow("A project's name has");
      expect(left()).toEqual(NOTHING);
    },
  );

  test("a name or a channel that a project has, or that is just being added", async () => {
    const { here, start, add } = await scene();
    const place = { kind: "channel", channelId: here.id } as const;
    const additions = start();
    await add(additions, { place });
    await expect(add(additions, { name: "other", place })).rejects.toThrow("belongs to the project web");
    await expect(add(additions)).rejects.toThrow("There is a project called web already");
    const [first, second] = await Promise.allSettled([
      add(additions, { name: "api" }),
      add(additions, { name: "api" }),
    ]);
    expect([first?.status, second?.status].sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("a channel in which the bot may not write", async () => {
    const { discord, here, start, add, left } = await scene();
    discord.guild.setOverwrite(here, discord.bot, { deny: PermissionFlagsBits.SendMessages });
    await expect(add(start(), { place: { kind: "channel", channelId: here.id } })).rejects.toThrow(
      "**Send Messages**",
    );
    expect(left()).toEqual(NOTHING);
  });
});
