/** What a person is told, privately, when a command or a button of theirs met a bug. */
export function interactionFailedText(errorId: string): string {
  return `Something went wrong on my side. The log has it under **${errorId}**.`;
}
