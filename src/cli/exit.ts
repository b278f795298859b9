/** Ends a command with an exit code. `message`, if any, is all that is still to be said, on stderr. */
export class ExitError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message = "") {
    super(message);
    this.name = "ExitError";
    this.exitCode = exitCode;
  }
}
