/** What is wrong with a project's name; undefined when it fits a folder, a channel and a command. */
export function projectNameProblem(name: string): string | undefined {
  return /^[A-Za-z0-9](?:[\w.-]{0,58}[A-Za-z0-9])?$/.test(name)
    ? undefined
    : "A project's name has up to 60 letters, digits, dots, dashes and underscores, and begins and ends with a letter or digit.";
}
