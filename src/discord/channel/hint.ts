/** What somebody reads who mentioned the bot and said nothing. */
export function hintText(projectName: string): string {
  return (
    `I'm here, working on **${projectName}**. Mention me with a question or a task, ` +
    "for example: *what does the last commit change?*"
  );
}
