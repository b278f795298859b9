/** Sends one request as the CLI does; a string message is a person's. */
export function askModel(
  url: string,
  messages: readonly (string | { role: string; content: unknown })[],
  options: { stream?: boolean; session?: string; signal?: AbortSignal; tools?: readonly string[] } = {},
): Promise<Response> {
  return fetch(`${url}/v1/messages?beta=true`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-claude-code-session-id": options.session ?? "session-1",
    },
    body: JSON.stringify({
      model: "claude-sonnet-5-5",
      max_tokens: 1000,
      stream: options.stream ?? false,
      tools: (options.tools ?? []).map((name) => ({ name, input_schema: {} })),
      messages: messages.map((message) =>
        typeof message === "string" ? { role: "user", content: message } : message,
      ),
    }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

interface WholeMessage {
  stop_reason: string;
  content: { type: string; text?: string; name?: string; input?: unknown }[];
}

/** The whole message that the model answers with. */
export async function wholeAnswer(
  ...[url, messages, options]: Parameters<typeof askModel>
): Promise<WholeMessage> {
  const response = await askModel(url, messages, options);
  return (await response.json()) as WholeMessage;
}

/** The text that the model answers with. */
export async function textAnswer(...request: Parameters<typeof askModel>): Promise<string> {
  const { content } = await wholeAnswer(...request);
  return content.map((block) => block.text ?? "").join("");
}

/** The data of each event of a streamed answer. */
export function streamedEvents(body: string): { type: string; [field: string]: unknown }[] {
  return body
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)));
}
