import { type Grant, grantOf } from "../../core/access/grants.ts";
import type { PermissionRequest } from "../../core/turns/prompts.ts";
import { button, row, textForm } from "../channel/components.ts";
import { cut, escaped, inCode } from "../reply/tool-line.ts";
import { type PromptView, partId } from "./prompt-view.ts";
import { shownCode, withVisibleSigns } from "./shown-code.ts";
import { toolRequest } from "./tool-request.ts";

/** Left for what Claude says about it, the rules, and later for who decided and why. */
const CODE_ROOM = 900;
const REASON_LIMIT = 300;
/** Claude's own words about it: what is judged is the code, which is never shortened. */
const SAID_ROOM = 200;
/** A rule that needs more than this can't be judged at a glance, so it is not offered. */
const RULES_ROOM = 300;

/** Whether Claude may use a tool: once, for the rest of the session, or not. */
export function approvalView(promptId: string, request: PermissionRequest): PromptView {
  const { what, said, code, language } = toolRequest(request.toolName, request.input);
  const shown = shownCode(code, language, CODE_ROOM);
  const grant = offered(grantOf(request.suggestions));
  const text = [
    `🔐 **Claude asks to ${escaped(what)}**${said === undefined ? "" : `: ${cut(escaped(said), SAID_ROOM)}`}`,
    shown.text,
    ...(grant === undefined ? [] : [`-# *Always in this session* would allow ${grant.shown}`]),
  ];
  const id = (part: string) => partId(promptId, part);
  const deny = (reason: string | undefined) =>
    ({
      type: "decide",
      state: "denied",
      answer: { behavior: "deny", message: denial(reason) },
      verdict: reason === undefined ? "⛔ Denied" : `⛔ Denied (“${cut(escaped(reason), REASON_LIMIT)}”)`,
    }) as const;

  return {
    before: [],
    text: text.filter((line) => line !== "").join("\n"),
    files: shown.files,
    components: () => [
      row(
        button(id("once"), "Allow once", { color: "green" }),
        ...(grant === undefined ? [] : [button(id("always"), "Always in this session")]),
        button(id("deny"), "Deny", { color: "red" }),
        button(id("why"), "Deny and say why…"),
      ),
    ],
    act: (part, { fields }) => {
      if (part === "once") {
        const answer = { behavior: "allow" } as const;
        return { type: "decide", state: "allowed", answer, verdict: "✅ Allowed once" };
      }
      if (part === "always" && grant !== undefined) {
        const answer = { behavior: "allow", updatedPermissions: grant.updates } as const;
        return { type: "decide", state: "allowed", answer, verdict: "✅ Allowed for this session", grant };
      }
      if (part === "deny") return deny(undefined);
      if (part === "reason") return deny(fields.text ?? "");
      if (part === "why") {
        const options = { title: "Deny", label: "What should Claude know?", maxLength: REASON_LIMIT };
        return { type: "form", form: textForm({ customId: id("reason"), ...options }) };
      }
      return { type: "nothing" };
    },
  };
}

function denial(reason: string | undefined): string {
  return reason === undefined
    ? "A person denied this. Go on without it, or say what you would need it for."
    : `A person denied this and says: ${reason}`;
}

/** The grant, if it can be shown whole. */
function offered(grant: Grant | undefined): (Grant & { shown: string }) | undefined {
  if (grant === undefined) return undefined;
  const all = [...grant.rules, ...grant.directories];
  const shown = [
    ...grant.rules.map((rule) => `\`${inCode(rule)}\``),
    ...grant.directories.map((directory) => `work in the directory \`${inCode(directory)}\``),
    ...(grant.acceptsEdits ? ["every change of a file in the project"] : []),
  ].join(", ");
  // What one line of code can't hold as it is would be shown as another rule than the one that is added.
  const isPlain = all.every((each) => inCode(each) === each && withVisibleSigns(each) === each);
  return isPlain && shown !== "" && shown.length <= RULES_ROOM ? { ...grant, shown } : undefined;
}
