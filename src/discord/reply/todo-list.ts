/** The list that Claude keeps for itself during a longer task. */
export interface TodoList {
  readonly items: readonly TodoItem[];
}

interface TodoItem {
  readonly id: string;
  readonly text: string;
  readonly status: string;
}

export const NO_TODOS: TodoList = { items: [] };

/** The list after a tool use; Claude Code writes it whole (TodoWrite) or item by item (TaskCreate, TaskUpdate). */
export function nextTodoList(
  list: TodoList,
  name: string,
  input: Readonly<Record<string, unknown>>,
): TodoList {
  if (name === "TodoWrite")
    return Array.isArray(input.todos) ? { items: input.todos.flatMap(written) } : list;
  if (name === "TaskCreate") {
    // The CLI numbers them from 1 in the order in which they are made.
    const item = { id: String(list.items.length + 1), text: wordsOf(input), status: "pending" };
    return { items: [...list.items, item] };
  }
  if (name !== "TaskUpdate") return list;
  return {
    items: list.items.map((item) =>
      item.id === input.taskId
        ? { ...item, text: wordsOf(input) || item.text, status: string(input.status) || item.status }
        : item,
    ),
  };
}

/** `3/7 Writing tests`; undefined when there is no list, or nothing left to do in it. */
export function todoProgress({ items }: TodoList): string | undefined {
  const counted = items.filter(({ status }) => status !== "deleted");
  const done = counted.filter(({ status }) => status === "completed").length;
  if (done === counted.length) return undefined;
  const current = counted.find(({ status }) => status === "in_progress");
  return [`${done}/${counted.length}`, current?.text ?? ""].join(" ").trim();
}

function written(todo: unknown, index: number): TodoItem[] {
  if (typeof todo !== "object" || todo === null) return [];
  const status = "status" in todo ? string(todo.status) : "";
  return [{ id: String(index + 1), text: wordsOf(todo), status }];
}

function wordsOf(item: object): string {
  const { activeForm, content, subject } = item as Readonly<Record<string, unknown>>;
  return string(activeForm) || string(content) || string(subject);
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}
