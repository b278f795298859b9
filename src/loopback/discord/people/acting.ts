import {
  type APIApplicationCommandOptionChoice,
  type APIMessage,
  ApplicationCommandType,
  ButtonStyle,
  ComponentType,
  InteractionType,
  PermissionFlagsBits,
} from "discord-api-types/v10";
import { refusal } from "../api-error.ts";
import { type AnyComponent, allComponents } from "../component-rules.ts";
import { type InteractionDraft, startInteraction } from "../interactions.ts";
import { channelOf, messageOf } from "../lookups.ts";
import { messagePayload } from "../payloads/message-payload.ts";
import { permissionsOf, requirePermissions } from "../permissions.ts";
import type { Until } from "../until.ts";
import type { World } from "../world.ts";
import { commandData, commandNamed, findCommand, type OptionValue, Resolved } from "./command-options.ts";
import { createPersonInteraction, type PersonInteraction, suggestedChoices } from "./person-interaction.ts";

/** How a person works with a bot's commands and components; what a client would not offer throws. */
export interface Acting {
  /** Presses a button, named by its label or custom_id. */
  clicks(message: MessageRef, button: string): Promise<PersonInteraction>;
  /** Picks from a select menu, named by its custom_id or placeholder: values, or things with an id. */
  selects(
    message: MessageRef,
    select: string,
    values: readonly (string | { readonly id: string })[],
  ): Promise<PersonInteraction>;
  /** Runs a chat input command: `/project add`. */
  runs(
    channel: Ref,
    command: string,
    options?: Readonly<Record<string, OptionValue>>,
  ): Promise<PersonInteraction>;
  /** Runs a command from the context menu of a message or a person. */
  runsOn(
    channel: Ref,
    command: string,
    target: MessageRef | { readonly id: string },
  ): Promise<PersonInteraction>;
  /** What the bot suggests while `typed` stands in the option `option`; empty if it does not answer. */
  typesOption(
    channel: Ref,
    command: string,
    option: string,
    typed: string,
    others?: Readonly<Record<string, OptionValue>>,
  ): Promise<APIApplicationCommandOptionChoice[]>;
}

/** Anything with an id, or the id itself. */
export type Ref = string | { readonly id: string };

/** A message, by what identifies it. */
export type MessageRef = Pick<APIMessage, "id" | "channel_id">;

/** What the user with this id can do with commands and components. */
export function createActing(world: World, until: Until, userId: string): Acting {
  const start = (draft: Omit<InteractionDraft, "userId">) =>
    createPersonInteraction(world, until, startInteraction(world, { ...draft, userId }));
  const component = (message: MessageRef, wanted: string, matches: (one: Widget) => boolean) => {
    const channel = channelOf(world, message.channel_id);
    requirePermissions(world, userId, channel);
    const source = messageOf(world, channel.id, message.id, userId);
    const all = allComponents(source.components as unknown as Widget[]).map((one) => one.component as Widget);
    const found = all.find(matches);
    if (found === undefined) {
      const names = all.flatMap((one) => one.label ?? one.placeholder ?? one.custom_id ?? []);
      throw new Error(`The message has no "${wanted}"; it has: ${names.join(", ") || "no components"}.`);
    }
    if (found.disabled === true) throw new Error(`"${wanted}" is disabled.`);
    return { found, source, channelId: channel.id };
  };
  const place = (channelRef: Ref) => {
    const channel = channelOf(world, typeof channelRef === "string" ? channelRef : channelRef.id);
    requirePermissions(world, userId, channel, PermissionFlagsBits.UseApplicationCommands);
    return { channel, channelId: channel.id };
  };
  const requireAllowed = (channelRef: Ref, needed: string | null | undefined) => {
    const { channel, channelId } = place(channelRef);
    const bits = BigInt(needed ?? 0);
    if ((permissionsOf(world, userId, channel) & bits) !== bits) throw refusal("missingPermissions");
    return channelId;
  };

  return {
    clicks: async (message, button) => {
      const isIt = (one: Widget) =>
        one.type === ComponentType.Button && (one.label === button || one.custom_id === button);
      const { found, source, channelId } = component(message, button, isIt);
      if (found.style === ButtonStyle.Link) throw new Error(`"${button}" is a link to ${found.url}.`);
      const data = { id: found.id, component_type: found.type, custom_id: found.custom_id };
      return start({ type: InteractionType.MessageComponent, channelId, source, data });
    },
    selects: async (message, select, values) => {
      const isIt = (one: Widget) =>
        SELECTS.has(one.type) && (one.custom_id === select || one.placeholder === select);
      const { found, source, channelId } = component(message, select, isIt);
      const ids = values.map((value) => (typeof value === "string" ? value : value.id));
      const [least, most] = [found.min_values ?? 1, found.max_values ?? 1];
      if (ids.length < least || ids.length > most) {
        throw new Error(`"${select}" takes ${least} to ${most} values, not ${ids.length}.`);
      }
      const resolved = new Resolved(world, userId);
      for (const id of ids) {
        if (found.type !== ComponentType.StringSelect) resolved.entity(id);
        else if (!found.options?.some((option) => option.value === id)) {
          throw new Error(`"${select}" has no option "${id}".`);
        }
      }
      const data = {
        id: found.id,
        component_type: found.type,
        custom_id: found.custom_id,
        values: ids,
        ...resolved.field(),
      };
      return start({ type: InteractionType.MessageComponent, channelId, source, data });
    },
    runs: async (channelRef, typed, options = {}) => {
      const { command } = findCommand(world, typed);
      const channelId = requireAllowed(channelRef, command.default_member_permissions);
      const data = commandData(world, typed, options, { channelId, userId });
      return start({ type: InteractionType.ApplicationCommand, channelId, data });
    },
    runsOn: async (channelRef, name, target) => {
      const isMessage = "channel_id" in target;
      const type = isMessage ? ApplicationCommandType.Message : ApplicationCommandType.User;
      const command = commandNamed(world, name, type);
      const channelId = requireAllowed(channelRef, command.default_member_permissions);
      const resolved = new Resolved(world, userId);
      if (isMessage) resolved.message(messageIn(world, target, userId));
      else resolved.entity(target.id);
      const data = { id: command.id, name, type, target_id: target.id, ...resolved.field() };
      return start({ type: InteractionType.ApplicationCommand, channelId, data });
    },
    typesOption: async (channelRef, command, option, typed, others = {}) => {
      const { channelId } = place(channelRef);
      const asked = findCommand(world, command).options.find(({ name }) => name === option);
      if (asked?.autocomplete !== true) throw new Error(`"${command}" suggests nothing for "${option}".`);
      const where = { channelId, userId, focused: option };
      const data = commandData(world, command, { ...others, [option]: typed }, where);
      const draft = { type: InteractionType.ApplicationCommandAutocomplete, channelId, data, userId };
      return suggestedChoices(world, until, startInteraction(world, draft));
    },
  };
}

interface Widget extends AnyComponent {
  readonly label?: string;
  readonly placeholder?: string;
  readonly style?: ButtonStyle;
  readonly url?: string;
  readonly disabled?: boolean;
  readonly min_values?: number;
  readonly max_values?: number;
  readonly options?: readonly { value: string }[];
}

const SELECTS: ReadonlySet<number> = new Set([
  ComponentType.StringSelect,
  ComponentType.UserSelect,
  ComponentType.RoleSelect,
  ComponentType.MentionableSelect,
  ComponentType.ChannelSelect,
]);

function messageIn(world: World, message: MessageRef, userId: string): APIMessage {
  return messagePayload(world, messageOf(world, message.channel_id, message.id, userId));
}
