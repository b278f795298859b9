import {
  type APIApplicationCommandOptionChoice,
  type APIMessage,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  InteractionType,
} from "discord-api-types/v10";
import { beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/discord/commands/definitions.ts";
import { refusalText } from "../../src/discord/interactions/refusal-text.ts";
import type { PersonInteraction } from "../../src/loopback/discord/people/person-interaction.ts";
import { written } from "../support/answers.ts";
import { handlersThereAre } from "./handlers-there-are.ts";
import { asIntruder, INTRUDERS, type Intruder } from "./intruders.ts";
import { inviteElsewhere } from "./other-guild.ts";
import { attackScene, type Scene } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await attackScene();
  inviteElsewhere(scene.discord);
}, 120_000);

interface Attack {
  readonly type: InteractionType;
  readonly data: object;
  readonly in?: { readonly id: string };
}

type Attacks = Readonly<Record<string, () => Attack>>;

/** Every command that Discord is told of, each option filled in: one that is added is attacked too. */
const COMMAND_ATTACKS: Attacks = Object.fromEntries(
  COMMANDS.flatMap((command) => {
    const { name } = command;
    if (command.type === ApplicationCommandType.Message) {
      return [[`${name} in a message's menu`, () => messageCommand(name)]];
    }
    const options = "options" in command ? (command.options ?? []) : [];
    const values = () =>
      options.map((option) => ({
        name: option.name,
        type: option.type,
        value: option.type === ApplicationCommandOptionType.Channel ? scene.vault.id : "opus",
      }));
    return [
      [`/${name}`, () => chatCommand(name, [])],
      ...(options.length === 0 ? [] : [[`/${name} with options`, () => chatCommand(name, values())]]),
    ] as [string, () => Attack][];
  }),
);

const SUGGESTION_ATTACKS: Attacks = Object.fromEntries(
  COMMANDS.flatMap(({ name, ...command }) => {
    const options = "options" in command ? (command.options ?? []) : [];
    return options.flatMap((option) => {
      if (!("autocomplete" in option) || option.autocomplete !== true) return [];
      const typed = { name: option.name, type: option.type, value: "", focused: true };
      const type = InteractionType.ApplicationCommandAutocomplete;
      return [[`suggestions for /${name}`, () => ({ ...chatCommand(name, [typed]), type })]];
    });
  }),
);

const COMPONENT_ATTACKS: Attacks = {
  "Run now": () => press(`run:${scene.ids.web.expired}`),
  "Go on after a restart": () => press(`continue:${scene.ids.web.cut}`, scene.threads.cut),
  "Stop here after a restart": () => press(`drop:${scene.ids.web.cut}`, scene.threads.cut),
  "Stop under an answer": () => press(`stop:${scene.ids.web.running}`, scene.threads.run),
  "Run anyway today": () => press(`budget:${scene.ids.web.cut}`, scene.threads.cut),
  "a page of /status": () => press("status:1"),
  "Yes, reset": () => press(`reset:yes:${scene.web.id}:${scene.ids.web.session}`),
  "Cancel of a reset": () => press(`reset:no:${scene.web.id}:${scene.ids.web.session}`),
  "Allow once": () => press(`ask:${scene.ids.web.prompt}:once`, scene.threads.ask),
  "Always in this session": () => press(`ask:${scene.ids.web.prompt}:always`, scene.threads.ask),
  Deny: () => press(`ask:${scene.ids.web.prompt}:deny`, scene.threads.ask),
  "Deny and say why": () => press(`ask:${scene.ids.web.prompt}:why`, scene.threads.ask),
  "Allow once, pressed in another channel": () => press(`ask:${scene.ids.web.prompt}:once`, scene.vault),
  "a form with a reason that was never opened": () =>
    submit(`ask:${scene.ids.web.prompt}:reason`, "because", scene.threads.ask),
  "a choice in a menu": () => pick(`ask:${questionId()}:q0:menu`, ["0"], scene.threads.question),
  "Send of a question": () => press(`ask:${questionId()}:send`, scene.threads.question),
  "a typed answer": () => submit(`ask:${questionId()}:q0:text`, "mine", scene.threads.question),
  "a form about a message": () => submit(`about:${scene.ids.web.message.id}`, "what is it?"),
  "Yes, remove": () => press("remove:yes:1"),
  "Take back…": () => pick(`grants:${scene.ids.web.session}`, ["0:Bash(touch *)"]),
  "Drop what waits": () => press(`drop-waiting:none:${Date.now()}`, scene.threads.run),
  "a page of /queue": () => press(`queue:${scene.ids.web.running}`, scene.threads.run),
  "an earlier session": () => pick("session-pick", [scene.ids.web.session]),
  "Resume a session": () => press(`session-resume:${scene.ids.web.session}`),
  "Fork a session": () => press(`session-fork:${scene.ids.web.session}`),
  "Rename a session": () => press(`session-rename:${scene.ids.web.session}`),
  "a session's new name": () => submit(`session-named:${scene.ids.web.session}`, "mine"),
  "Export a session": () => press(`session-export:${scene.ids.web.session}`),
  "Cancel of an addition": () => press("add:1"),
  "Add it, in the set-up channel": () => press("setup:1:yes"),
  "Remove a thread's working copy": () => press(`worktree:remove:${scene.threads.run.id}`),
  "Keep a thread's working copy": () => press(`worktree:keep:${scene.threads.run.id}`),
};

test("every command, suggestion, button, menu and form that the bot answers is attacked", () => {
  const prefixOf = (attack: () => Attack) =>
    String((attack().data as { custom_id?: string }).custom_id).split(":", 1)[0];
  const { commands, suggestions, components } = handlersThereAre();
  const attacked = new Set(Object.values(COMPONENT_ATTACKS).map(prefixOf));
  expect(Object.keys(components).filter((prefix) => !attacked.has(prefix))).toEqual([]);
  const registered: readonly string[] = COMMANDS.map(({ name }) => name);
  expect(Object.keys(commands).filter((name) => !registered.includes(name))).toEqual([]);
  const offered = Object.keys(SUGGESTION_ATTACKS).map((name) => name.replace("suggestions for /", ""));
  expect(Object.keys(suggestions).filter((name) => !offered.includes(name))).toEqual([]);
});

describe.each(Object.entries(INTRUDERS))("%s is refused", (_title, intruder) => {
  test.each(Object.entries(COMMAND_ATTACKS))("%s", (_, attack) => refused(intruder, attack()));
  test.each(Object.entries(COMPONENT_ATTACKS))("%s", (_, attack) => refused(intruder, attack()));
  test.each(Object.entries(SUGGESTION_ATTACKS))("%s", async (_, attack) => {
    expect(await suggested(intruder, attack())).toEqual([]);
  });
});

describe("who may talk here", () => {
  const bob = (): Intruder => ({ who: (all) => all.bob });
  const MANAGED: Attacks = {
    "/reset": () => chatCommand("reset", []),
    "/model": () => chatCommand("model", []),
    "/model opus": () => chatCommand("model", [{ name: "name", type: 3, value: "opus" }]),
    "Yes, reset": COMPONENT_ATTACKS["Yes, reset"]!,
    "Resume a session": COMPONENT_ATTACKS["Resume a session"]!,
    "Remove a thread's working copy": COMPONENT_ATTACKS["Remove a thread's working copy"]!,
    "Keep a thread's working copy": COMPONENT_ATTACKS["Keep a thread's working copy"]!,
  };
  const ADMINISTERED: Attacks = {
    "/add-project": COMMAND_ATTACKS["/add-project with options"]!,
    "/remove-project": COMMAND_ATTACKS["/remove-project"]!,
    "Yes, remove": COMPONENT_ATTACKS["Yes, remove"]!,
    "Cancel of an addition": COMPONENT_ATTACKS["Cancel of an addition"]!,
    "Add it, in the set-up channel": COMPONENT_ATTACKS["Add it, in the set-up channel"]!,
    "Run anyway today": COMPONENT_ATTACKS["Run anyway today"]!,
  };
  test.each(Object.entries({ ...MANAGED, ...ADMINISTERED }))("may not %s", (_, attack) =>
    refused(bob(), attack()),
  );
  test.each(Object.entries(ADMINISTERED))("may, as a manager, not %s", (_, attack) =>
    refused({ who: (all) => all.max }, attack()),
  );

  test("may look at /permissions, and not set the mode", async () => {
    const before = scene.state();
    const mode = [{ name: "mode", type: 3, value: "acceptEdits" }];
    const [reply] = await (await send(bob(), chatCommand("permissions", mode))).waitsForReply();
    expect(reply?.content).toBe(refusalText("not_allowed", "manage"));
    expect(scene.state()).toBe(before);
  });

  test("is offered no model", async () => {
    const { type } = { type: InteractionType.ApplicationCommandAutocomplete };
    const typing = { ...chatCommand("model", [{ name: "name", type: 3, value: "", focused: true }]), type };
    expect(await suggested(bob(), typing)).toEqual([]);
  });

  test("may not stop what somebody else asked, by the button or by /stop", async () => {
    for (const attack of [
      COMPONENT_ATTACKS["Stop under an answer"]!(),
      { ...chatCommand("stop", []), in: scene.threads.run },
    ]) {
      const before = scene.state();
      const [reply] = await (await send(bob(), attack)).waitsForReply();
      expect(reply?.content).toBe(`Only <@${scene.ann.id}> or a manager may stop this.`);
      expect(scene.state()).toBe(before);
    }
  });

  test("may not drop what somebody else asked and waits for", async () => {
    const before = scene.state();
    const attack = COMPONENT_ATTACKS["Drop what waits"]!();
    const [reply] = await (await send(bob(), attack)).waitsForReply();
    expect(reply?.content).toBe("Only who asked them, or a manager, may drop these messages.");
    expect(scene.state()).toBe(before);
  });

  const VAULT: Attacks = {
    "run what came too late": () => press(`run:${scene.ids.vault.expired}`),
    "let a turn go on": () => press(`continue:${scene.ids.vault.cut}`),
    "drop a turn": () => press(`drop:${scene.ids.vault.cut}`),
    "stop a turn": () => press(`stop:${scene.ids.vault.running}`),
    "allow a command": () => press(`ask:${scene.ids.vault.prompt}:once`),
    "allow a command always": () => press(`ask:${scene.ids.vault.prompt}:always`),
    "deny a command": () => press(`ask:${scene.ids.vault.prompt}:deny`),
    "give a reason": () => submit(`ask:${scene.ids.vault.prompt}:reason`, "so"),
    "reset its session": () => press(`reset:yes:${scene.vault.id}:${scene.ids.vault.session}`),
    "reset its channel": () => chatCommand("reset", [{ name: "channel", type: 7, value: scene.vault.id }]),
    "ask in its channel": () => ({ ...messageCommand("Ask Claude about this"), in: scene.vault }),
    "stop in its thread": () => ({ ...chatCommand("stop", []), in: scene.threads.vaultRun }),
    "see its queue": () => ({ ...chatCommand("queue", []), in: scene.threads.vaultRun }),
    "see its session": () => ({ ...chatCommand("session", []), in: scene.vault }),
    "compact its session": () => ({ ...chatCommand("compact", []), in: scene.vault }),
  };
  test.each(Object.entries(VAULT))("may not, in another project, %s", (_, attack) =>
    refused({ who: (all) => all.ann }, attack()),
  );

  test("reads nothing of another project in /status and /help", async () => {
    for (const name of ["status", "help"]) {
      const [reply] = await (await send({ who: (all) => all.ann }, chatCommand(name, []))).waitsForReply();
      expect(reply?.content).toContain(scene.web.id);
      expect(reply?.content).not.toMatch(new RegExp(`vault|${scene.vault.id}|${scene.threads.vaultRun.id}`));
    }
  });

  test("can't have a form sent that somebody else opened, about a message that they can't see", async () => {
    const { sue, vault, ann, ids } = scene;
    const opened = await sue.runsOn(vault, "Ask Claude about this", ids.vault.message);
    await opened.answered();
    expect(opened.modal?.custom_id).toBe(`about:${ids.vault.message.id}`);
    const before = scene.state();
    for (const channel of [scene.web, vault]) {
      const form = { ...submit(`about:${ids.vault.message.id}`, "what does it say?"), in: channel };
      const [reply] = await (await send({ who: () => ann }, form)).waitsForReply();
      expect(reply?.content).not.toContain("Claude is asked");
    }
    // Not even by herself from where others read the answer.
    const elsewhere = { ...submit(`about:${ids.vault.message.id}`, "what does it say?"), in: scene.chat };
    await (await send({ who: () => sue }, elsewhere)).waitsForReply();
    expect(scene.state()).toBe(before);
  });

  const NONSENSE = [
    "",
    ":",
    "::",
    "run",
    "run:",
    "run::",
    "run:undefined",
    "run:1",
    "run:' OR 1=1 --",
    "run:../../etc/passwd",
    "continue:",
    "drop:",
    "budget:",
    "stop:",
    "stop:%",
    "reset",
    "reset:yes",
    "reset:yes::",
    "reset:yes:1:2",
    "reset:maybe:1:2",
    "ask",
    "ask:",
    "ask::",
    "ask:x",
    "ask::once",
    "ask:x:once",
    "about",
    "about:",
    "about:1",
    "constructor:1",
    "__proto__:1",
    "toString",
    "hasOwnProperty:x",
    "valueOf:",
    "status:-1",
    "status:NaN",
    "status:1e999",
    "x".repeat(100),
  ];
  test.each(NONSENSE)("changes nothing with the made-up button %j", async (customId) => {
    for (const forged of [press(customId), submit(customId, "text"), pick(customId, ["0"])]) {
      const before = scene.state();
      await (await send({ who: (all) => all.ann }, forged)).answered();
      expect(scene.state()).toBe(before);
    }
  });

  test("changes nothing by a page for another turn's button, or by the id of one that waits for no decision", async () => {
    const { ids, threads, ann } = scene;
    const wrong = [
      press(`run:${ids.web.running}`, threads.run),
      press(`continue:${ids.web.running}`, threads.run),
      press(`drop:${ids.web.running}`, threads.run),
      press(`run:${ids.web.cut}`),
      press(`continue:${ids.web.expired}`),
      press(`drop:${ids.web.expired}`),
      press(`ask:${ids.web.cut}:once`),
      press(`stop:${ids.web.expired}`),
      press(`ask:${ids.web.prompt}:q0:0`, threads.ask),
      press(`ask:${ids.web.prompt}:approve`, threads.ask),
      press(`ask:${ids.question}:once`, threads.question),
      press(`ask:${ids.question}:always`, threads.question),
    ];
    for (const forged of wrong) {
      const before = scene.state();
      await (await send({ who: () => ann }, forged)).answered();
      expect(scene.state()).toBe(before);
    }
  });

  test.each([
    ["99"],
    ["-1"],
    [""],
    ["0x1"],
    ["1e0"],
    [" 1"],
    ["one"],
    ["__proto__"],
    ["0.5"],
    ["other", "99"],
  ])("can't choose %j, which was not offered", async (...values) => {
    const { ids, threads, ann } = scene;
    await (
      await send({ who: () => ann }, pick(`ask:${ids.question}:q0:menu`, values, threads.question))
    ).answered();
    const before = scene.state();
    await (await send({ who: () => ann }, press(`ask:${ids.question}:send`, threads.question))).answered();
    expect(scene.state()).toBe(before);
  });
});

/* Everything above failed for a reason, and not because there was nothing to attack. */
describe("and who may", () => {
  const by = (who: "ann" | "bob" | "max" | "sue"): Intruder => ({ who: (all) => all[who] });
  const changes = async (who: Parameters<typeof by>[0], attack: Attack) => {
    const before = scene.state();
    await (await send(by(who), attack)).answered();
    await expect.poll(() => scene.state()).not.toBe(before);
  };

  test("runs what came too late, lets turns go on, stops, answers and allows", async () => {
    await changes("bob", COMPONENT_ATTACKS["Run now"]!());
    await changes("bob", COMPONENT_ATTACKS["Go on after a restart"]!());
    await changes("sue", press(`drop:${scene.ids.vault.cut}`, scene.threads.vaultCut));
    await changes("ann", COMPONENT_ATTACKS["Stop under an answer"]!());
    await changes("bob", COMPONENT_ATTACKS["Always in this session"]!());
    await changes("sue", press(`ask:${scene.ids.vault.prompt}:deny`, scene.threads.vaultAsk));
    await (await send(by("bob"), COMPONENT_ATTACKS["a choice in a menu"]!())).answered();
    await changes("bob", COMPONENT_ATTACKS["Send of a question"]!());
  });

  test("asks about a message, compacts, resets and is offered models", async () => {
    const about = await send(by("ann"), COMMAND_ATTACKS["Ask Claude about this in a message's menu"]!());
    await about.answered();
    expect(about.modal).toBeDefined();
    await changes("ann", COMPONENT_ATTACKS["a form about a message"]!());
    await changes("ann", chatCommand("compact", []));
    const typing = Object.values(SUGGESTION_ATTACKS)[0]!();
    expect(await suggested(by("max"), typing)).not.toEqual([]);
    await (await send(by("max"), chatCommand("reset", []))).answered();
    await changes("max", COMPONENT_ATTACKS["Yes, reset"]!());
  });

  test("loses it with the role: a question that stands may not be answered any more", async () => {
    const { ann, bob, web, discord } = scene;
    await ann.says(web, "m7 [asks]", { mention: true });
    const asked = await discord.until(
      () =>
        discord
          .messages(web)
          .find(({ content, components }) => content.includes("Claude asks") && components?.length),
      { timeoutMs: 30_000 },
    );
    const form = await (await bob.clicks(asked, "Deny and say why…")).answered();
    discord.guild.setRoles(bob, []);
    const before = scene.state();
    for (const button of ["Allow once", "Always in this session", "Deny"]) {
      const [reply] = await (await bob.clicks(asked, button)).waitsForReply();
      expect(reply?.content).toBe(refusalText("not_allowed", "approve"));
    }
    const [reply] = await (await form.submits({ text: "because" })).waitsForReply();
    expect(reply?.content).toBe(refusalText("not_allowed", "approve"));
    expect(scene.state()).toBe(before);
  });
});

/** The router itself said no, to the person alone, and nothing has changed. */

async function refused(intruder: Intruder, attack: Attack): Promise<void> {
  const before = scene.state();
  const interaction = await send(intruder, attack);
  if (GUILD_WIDE.has(nameOf(attack)) && intruder === INTRUDERS[ELSEWHERE]) {
    await interaction.answered();
    expect(
      interaction
        .replies()
        .map(({ content }) => content)
        .join(),
    ).not.toContain(scene.web.id);
    return;
  }
  const replies: readonly APIMessage[] = await interaction.waitsForReply();
  const wasDenied = scene.lines.some(
    ({ message, fields }) => message === "refused an interaction" && fields.interaction_id === interaction.id,
  );
  expect(wasDenied, replies[0]?.content).toBe(true);
  expect(interaction.modal).toBeUndefined();
  expect(replies.every(({ flags = 0 }) => (flags & EPHEMERAL) !== 0)).toBe(true);
  expect(replies).toHaveLength(1);
  expect(scene.state()).toBe(before);
}

async function suggested(
  intruder: Intruder,
  attack: Attack,
): Promise<readonly APIApplicationCommandOptionChoice[]> {
  const { id } = await send(intruder, attack);
  return scene.discord.until(
    () => [...scene.discord.world.interactions.values()].find((one) => one.id === id)?.choices,
  );
}

function send(intruder: Intruder, attack: Attack): Promise<PersonInteraction> {
  const { in: channel = scene.web, ...forged } = attack;
  const person = intruder.who(scene);
  const isCommand = !("custom_id" in attack.data);
  const source = isCommand
    ? {}
    : { source: sourceOf(String((attack.data as { custom_id: string }).custom_id)) };
  return person.forges(channel, asIntruder(scene, intruder, { ...source, ...forged }));
}

/** These tell each person of the projects in which they may talk. */
const GUILD_WIDE: ReadonlySet<string> = new Set(["help", "status", "usage"]);
const ELSEWHERE = "who may talk in another project only";

function nameOf({ data }: Attack): string {
  return "name" in data
    ? String(data.name)
    : "custom_id" in data
      ? String(data.custom_id).split(":", 1)[0]!
      : "";
}

const EPHEMERAL = 1 << 6;

/** The message with this button; one of the bot's where there is none. */
function sourceOf(customId: string): APIMessage {
  const { discord, threads, web, vault } = scene;
  const all = [web, vault, ...Object.values(threads)].flatMap((channel) => written(discord, channel));
  const [, id = ""] = customId.split(":");
  return all.find(({ components }) => id.length > 8 && JSON.stringify(components).includes(id)) ?? all[0]!;
}

function questionId() {
  return scene.ids.question;
}
function chatCommand(name: string, options: readonly object[]): Attack {
  return { type: InteractionType.ApplicationCommand, data: { id: commandId(name), name, type: 1, options } };
}
function messageCommand(name: string): Attack {
  const { message } = scene.ids.web;
  const resolved = { messages: { [message.id]: message } };
  const data = { id: commandId(name), name, type: 3, target_id: message.id, resolved };
  return { type: InteractionType.ApplicationCommand, data };
}
function commandId(name: string): string {
  return [...scene.discord.world.commands.values()].find((one) => one.name === name)?.id ?? "1";
}
function press(customId: string, channel?: { readonly id: string }): Attack {
  return component({ component_type: ComponentType.Button, custom_id: customId }, channel);
}
function pick(customId: string, values: readonly string[], channel?: { readonly id: string }): Attack {
  return component({ component_type: ComponentType.StringSelect, custom_id: customId, values }, channel);
}
function component(data: object, channel?: { readonly id: string }): Attack {
  return {
    type: InteractionType.MessageComponent,
    data: { id: 1, ...data },
    ...(channel === undefined ? {} : { in: channel }),
  };
}
function submit(customId: string, value: string, channel?: { readonly id: string }): Attack {
  const field = { type: ComponentType.TextInput, id: 2, custom_id: "text", value };
  const components = [{ type: ComponentType.ActionRow, id: 1, components: [field] }];
  const data = { custom_id: customId, components };
  return { type: InteractionType.ModalSubmit, data, ...(channel === undefined ? {} : { in: channel }) };
}
