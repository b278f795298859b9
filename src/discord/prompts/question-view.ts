import { type APIMessageTopLevelComponent, ComponentType } from "discord-api-types/v10";
import type { PermissionRequest } from "../../core/turns/prompts.ts";
import { button, LABEL_LIMIT, row, textForm } from "../channel/components.ts";
import { MESSAGE_LIMIT } from "../reply/split-message.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import { type PromptStep, type PromptView, partId } from "./prompt-view.ts";
import type { ClaudeQuestion } from "./questions.ts";

const OTHER = "other";
const ANSWER_LIMIT = 1000;
/** Left for who is asked, until when, and who answered. */
const TEXT_ROOM = MESSAGE_LIMIT - 200;
const MENU_TEXT_LIMIT = 100;

/** Claude's own questions. One with a single choice is answered by one press; others are chosen, then sent. */
export function questionView(
  promptId: string,
  request: PermissionRequest,
  questions: readonly ClaudeQuestion[],
): PromptView {
  const chosen: (readonly string[])[] = questions.map(() => []);
  const typed: (string | undefined)[] = questions.map(() => undefined);
  const id = (part: string) => partId(promptId, part);
  const asked = fitting(questions.map(shownQuestion).join("\n\n"), "questions.md");
  const single = questions.length === 1 && questions[0]?.multiSelect === false;
  const answerTo = (index: number) =>
    [...(chosen[index] ?? []), ...(typed[index] === undefined ? [] : [typed[index]])].join(", ");

  const answered = (): PromptStep => {
    const answers = Object.fromEntries(questions.map(({ question }, index) => [question, answerTo(index)]));
    const answer = { behavior: "allow", updatedInput: { ...request.input, answers } } as const;
    const summary = questions.map(
      ({ question }, index) => `❓ ${escaped(question)}\n> **${escaped(answerTo(index))}**`,
    );
    const text = cut(summary.join("\n"), TEXT_ROOM);
    return { type: "decide", state: "answered", answer, verdict: "Answered", text };
  };
  const changed = (): PromptStep => (single ? answered() : { type: "changed" });

  const choose = (index: number, { options, multiSelect }: ClaudeQuestion, picked: readonly string[]) => {
    const labels = picked.flatMap((value) => options[Number(value)]?.label ?? []);
    chosen[index] = labels;
    if (!multiSelect || !picked.includes(OTHER)) typed[index] = undefined;
  };

  return {
    before: [],
    text: asked.text,
    files: asked.files,
    components: () => {
      const rows: APIMessageTopLevelComponent[] = questions.map((question, index) =>
        fitsButtons(question)
          ? buttonRow(question, index, id, chosen[index] ?? [], typed[index])
          : menuRow(question, index, id, chosen[index] ?? [], typed[index]),
      );
      const complete = questions.every((_, index) => answerTo(index) !== "");
      return single
        ? rows
        : [...rows, row(button(id("send"), "Send", { color: "green", disabled: !complete }))];
    },
    act: (part, { values, fields }) => {
      if (part === "send") {
        return questions.every((_, index) => answerTo(index) !== "") ? answered() : { type: "nothing" };
      }
      const [, position, what] = /^q(\d+):(\w+)$/.exec(part) ?? [];
      const index = Number(position);
      const question = questions[index];
      if (question === undefined || what === undefined) return { type: "nothing" };
      if (what === "text") {
        const text = (fields.text ?? "").trim();
        if (text === "") return { type: "nothing" };
        typed[index] = text;
        if (!question.multiSelect) chosen[index] = [];
        return changed();
      }
      const picked = what === "menu" ? values : [what];
      if (!areOffered(picked, question)) return { type: "nothing" };
      if (picked.includes(OTHER)) {
        choose(index, question, picked);
        const label = cut(question.header || "Your answer", 45);
        const customId = id(`q${index}:text`);
        return { type: "form", form: textForm({ customId, title: "Other", label, maxLength: ANSWER_LIMIT }) };
      }
      choose(index, question, picked);
      return answerTo(index) === "" ? { type: "nothing" } : changed();
    },
  };
}

/** A client that keeps to no rules may send what the menu does not have, or more of it than it takes. */
function areOffered(picked: readonly string[], { options, multiSelect }: ClaudeQuestion): boolean {
  const offered = new Set([...options.keys()].map(String).concat(OTHER));
  const most = multiSelect ? offered.size : 1;
  return picked.length > 0 && picked.length <= most && picked.every((value) => offered.has(value));
}

/** Four buttons and "Other…" stand in a row. */
function fitsButtons({ options, multiSelect }: ClaudeQuestion): boolean {
  return !multiSelect && options.length <= 4 && options.every(({ label }) => label.length <= LABEL_LIMIT);
}

function buttonRow(
  { options }: ClaudeQuestion,
  index: number,
  id: (part: string) => string,
  chosen: readonly string[],
  typed: string | undefined,
) {
  const color = (isChosen: boolean) => ({ color: isChosen ? "blue" : "grey" }) as const;
  return row(
    ...options.map(({ label }, option) =>
      button(id(`q${index}:${option}`), label, color(chosen.includes(label))),
    ),
    button(id(`q${index}:${OTHER}`), otherLabel(typed, LABEL_LIMIT), color(typed !== undefined)),
  );
}

function menuRow(
  { options, multiSelect, header, question }: ClaudeQuestion,
  index: number,
  id: (part: string) => string,
  chosen: readonly string[],
  typed: string | undefined,
) {
  const entries = options.map(({ label, description }, option) => ({
    label: cut(label, MENU_TEXT_LIMIT),
    value: String(option),
    default: chosen.includes(label),
    ...(description === "" ? {} : { description: cut(description, MENU_TEXT_LIMIT) }),
  }));
  const other = { label: otherLabel(typed, MENU_TEXT_LIMIT), value: OTHER, default: typed !== undefined };
  return row({
    type: ComponentType.StringSelect,
    custom_id: id(`q${index}:menu`),
    placeholder: cut(header || question, 150),
    min_values: 1,
    max_values: multiSelect ? entries.length + 1 : 1,
    options: [...entries, other],
  });
}

function otherLabel(typed: string | undefined, room: number): string {
  return typed === undefined ? "Other…" : cut(`Other: ${typed.replace(/\s+/g, " ")}`, room);
}

function shownQuestion({ question, options, multiSelect }: ClaudeQuestion): string {
  const several = multiSelect ? " *(several may be right)*" : "";
  const lines = options.map(({ label, description }) =>
    description === "" ? `- **${escaped(label)}**` : `- **${escaped(label)}**: ${escaped(description)}`,
  );
  return [`❓ **${escaped(question)}**${several}`, ...lines].join("\n");
}

/** The text, or a file with it where a message has no room: nothing of a question is left out. */
function fitting(text: string, name: string): Pick<PromptView, "text" | "files"> {
  if (text.length <= TEXT_ROOM) return { text, files: [] };
  return {
    text: `❓ **Claude asks.** The questions are in the attached **${name}**.`,
    files: [{ name, data: text }],
  };
}
