import { ACCEPT_EDITS } from "../../core/access/grants.ts";
import type { PermissionRequest } from "../../core/turns/prompts.ts";
import { button, row, textForm } from "../channel/components.ts";
import { splitMessage } from "../reply/split-message.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import { type PromptView, partId } from "./prompt-view.ts";

/** A longer plan is a file: nobody scrolls back over more messages to the plan's beginning. */
const MAX_MESSAGES = 4;
const COMMENT_LIMIT = 1000;

/** Claude's plan, to be approved or sent back. */
export function planView(promptId: string, { input }: PermissionRequest): PromptView {
  const plan = typeof input.plan === "string" ? input.plan : "";
  const parts = splitMessage(plan);
  const attached = parts.length > MAX_MESSAGES;
  const id = (part: string) => partId(promptId, part);

  return {
    before: attached ? [] : parts.map((content) => ({ content, suppressEmbeds: true })),
    text: heading(parts.length, attached),
    files: attached ? [{ name: "plan.md", data: plan }] : [],
    components: () => [
      row(
        button(id("approve"), "Approve", { color: "green" }),
        button(id("edits"), "Approve and accept edits", { color: "blue" }),
        button(id("keep"), "Keep planning…"),
      ),
    ],
    act: (part, { fields }) => {
      if (part === "approve") {
        const answer = { behavior: "allow" } as const;
        return { type: "decide", state: "allowed", answer, verdict: "✅ Plan approved" };
      }
      if (part === "edits") {
        const answer = { behavior: "allow", updatedPermissions: ACCEPT_EDITS.updates } as const;
        const verdict = "✅ Plan approved, edits accepted for this session";
        return { type: "decide", state: "allowed", answer, verdict, grant: ACCEPT_EDITS };
      }
      if (part === "keep") {
        const options = { title: "Keep planning", label: "What should change?", maxLength: COMMENT_LIMIT };
        return { type: "form", form: textForm({ customId: id("comment"), ...options }) };
      }
      if (part === "comment") {
        const comment = fields.text ?? "";
        const message = `A person does not approve the plan yet and says: ${comment}`;
        const verdict = `📝 Sent back (“${cut(escaped(comment), COMMENT_LIMIT)}”)`;
        return { type: "decide", state: "denied", answer: { behavior: "deny", message }, verdict };
      }
      return { type: "nothing" };
    },
  };
}

function heading(parts: number, attached: boolean): string {
  if (parts === 0) return "📋 **Claude wants to begin, without having written a plan.**";
  return attached
    ? "📋 **Claude's plan** is in the attached **plan.md**. May it begin?"
    : "📋 **That is Claude's plan.** May it begin?";
}
