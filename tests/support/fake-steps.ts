/** A message that makes the scripted model play these steps, one for each of its rounds. */
export function play(...steps: readonly unknown[]): string {
  return `<<fake: ${JSON.stringify(steps)}>>`;
}

export function useTool(tool: string, input: object): object {
  return { tool, input };
}

export function bash(command: string): object {
  return useTool("Bash", { command });
}
