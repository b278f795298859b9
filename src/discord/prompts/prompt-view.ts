import type { APIModalInteractionResponseCallbackData } from "discord-api-types/v10";
import type { SessionGrants } from "../../core/access/grants.ts";
import type { PermissionAnswer } from "../../core/agents/agent.ts";
import type { PromptState } from "../../core/turns/prompts.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";

/** One question as people see it: what it shows, and what each press, choice or form makes of it. */
export interface PromptView {
  /** Messages that stand before the one with the buttons. */
  readonly before: readonly OutgoingMessage[];
  /** What is asked, without buttons; it stays when all is decided. */
  readonly text: string;
  readonly files: NonNullable<OutgoingMessage["files"]>;
  /** The buttons and menus as they are now. */
  components(): NonNullable<OutgoingMessage["components"]>;
  /** What a person did with the part of the custom_id after `ask:<prompt id>:`. */
  act(part: string, input: PromptInput): PromptStep;
}

export interface PromptInput {
  /** Chosen in a menu. */
  readonly values: readonly string[];
  /** Typed in a form, by the field's custom_id. */
  readonly fields: Readonly<Record<string, string>>;
}

export type PromptStep =
  | {
      readonly type: "decide";
      readonly state: Extract<PromptState, "allowed" | "denied" | "answered">;
      readonly answer: PermissionAnswer;
      /** Stands before "by whom, when": `✅ Allowed once`. */
      readonly verdict: string;
      /** Stands in place of `text` from now on, where the answer belongs into it. */
      readonly text?: string;
      readonly grant?: SessionGrants;
    }
  | { readonly type: "form"; readonly form: APIModalInteractionResponseCallbackData }
  /** Something was chosen and more is to come. */
  | { readonly type: "changed" }
  | { readonly type: "nothing" };

/** The custom_id of a part of a prompt. */
export function partId(promptId: string, part: string): string {
  return `ask:${promptId}:${part}`;
}

/** A prompt's id and the part that was used; undefined for any other custom_id. */
export function parsePartId(customId: string): { promptId: string; part: string } | undefined {
  const [, promptId, part] = /^ask:([^:]+):(.+)$/.exec(customId) ?? [];
  return promptId === undefined || part === undefined ? undefined : { promptId, part };
}
