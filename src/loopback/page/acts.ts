import { Buffer } from "node:buffer";
import { z } from "zod";
import type { Person } from "../discord/people/person.ts";
import type { PersonInteraction } from "../discord/people/person-interaction.ts";

const message = z.object({ id: z.string(), channel_id: z.string() });
const option = z.union([z.string(), z.number(), z.boolean(), z.object({ id: z.string() })]);

const act = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("says"),
    channelId: z.string(),
    content: z.string(),
    replyTo: message.optional(),
    files: z.array(z.object({ name: z.string(), base64: z.string() })).default([]),
  }),
  z.object({ do: z.literal("types"), channelId: z.string() }),
  z.object({ do: z.literal("reacts"), message, emoji: z.string(), add: z.boolean() }),
  z.object({ do: z.literal("deletes"), message }),
  z.object({ do: z.literal("clicks"), message, button: z.string() }),
  z.object({ do: z.literal("selects"), message, select: z.string(), values: z.array(z.string()) }),
  z.object({
    do: z.literal("runs"),
    channelId: z.string(),
    command: z.string(),
    options: z.record(z.string(), option),
  }),
  z.object({ do: z.literal("runsOn"), message, command: z.string() }),
  z.object({
    do: z.literal("suggests"),
    channelId: z.string(),
    command: z.string(),
    option: z.string(),
    typed: z.string(),
  }),
  z.object({
    do: z.literal("submits"),
    interactionId: z.string(),
    values: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  }),
]);

/** Does what the person does on the page; throws what Discord's own client would not let them do. */
export function createActs(person: Person): (body: unknown) => Promise<object> {
  /** Those that opened a form, which can be sent later. */
  const forms = new Map<string, PersonInteraction>();

  const outcome = async (interaction: PersonInteraction): Promise<object> => {
    await interaction.answered();
    const { id, modal } = interaction;
    if (modal === undefined) return {};
    forms.set(id, interaction);
    return { interactionId: id, modal };
  };

  return async (body) => {
    const asked = act.parse(body);
    switch (asked.do) {
      case "says": {
        const attachments = asked.files.map(({ name, base64 }) => ({
          name,
          data: Buffer.from(base64, "base64"),
        }));
        const { channelId, content, replyTo } = asked;
        await person.says(channelId, content, { attachments, ...(replyTo ? { replyTo } : {}) });
        return {};
      }
      case "types":
        await person.types(asked.channelId);
        return {};
      case "reacts":
        await (asked.add ? person.reacts : person.unreacts)(asked.message, asked.emoji);
        return {};
      case "deletes":
        await person.deletes(asked.message);
        return {};
      case "clicks":
        return outcome(await person.clicks(asked.message, asked.button));
      case "selects":
        return outcome(await person.selects(asked.message, asked.select, asked.values));
      case "runs":
        return outcome(await person.runs(asked.channelId, asked.command, asked.options));
      case "runsOn":
        return outcome(await person.runsOn(asked.message.channel_id, asked.command, asked.message));
      case "suggests":
        return {
          choices: await person.typesOption(asked.channelId, asked.command, asked.option, asked.typed),
        };
      case "submits": {
        const form = forms.get(asked.interactionId);
        if (form === undefined) throw new Error("This form is gone.");
        const submitted = await outcome(await form.submits(asked.values));
        forms.delete(asked.interactionId);
        return submitted;
      }
    }
  };
}
