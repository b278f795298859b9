/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, for scripts: `claude.login`. */
  readonly check: string;
  readonly status: "ok" | "warning" | "problem";
  readonly message: string;
  /** A command or a place to click; undefined where all is well. */
  readonly fix: string | undefined;
  /** Does what `fix` says, where that can break nothing: `--fix`. */
  readonly repair?: Repair;
}

export type Repair = () => void;

export function ok(check: string, message: string): Finding {
  return { check, status: "ok", message, fix: undefined };
}

/** It works, but deserves a look. */
export function warning(check: string, message: string, fix: string): Finding {
  return { check, status: "warning", message, fix };
}

/** Something does not work until this is put right. */
export function problem(check: string, message: string, fix: string): Finding {
  return { check, status: "problem", message, fix };
}
