/**
 * What an answer's messages say when they are read as one text: without footers, and with a code block that goes on
 * in the next message put together again.
 */
export function joinedAnswer(contents: readonly string[]): string {
  return contents
    .map((content) => content.replace(/(?:^|\n)-# [^\n]*$/g, ""))
    .reduce((text, part) => {
      if (text === "") return part;
      const goesOn = text.endsWith("\n```") && /^```\w*\n/.test(part);
      return goesOn ? `${text.slice(0, -4)}\n${part.replace(/^```\w*\n/, "")}` : `${text}\n\n${part}`;
    }, "");
}
