import type { ConfigDocument, KeyPath } from "./document.ts";
import type { Problem } from "./problems.ts";
import { formatKey } from "./schema-problems.ts";

/** Where the checks put what they find. Problems refuse the configuration, warnings do not. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
  problem(at: KeyPath, message: string, advice?: string): void;
  warning(at: KeyPath, message: string, advice?: string): void;
  /** A problem of an environment variable. */
  environmentProblem(name: string, message: string, advice?: string): void;
}

/** Findings in this document; an empty path means the file as a whole. */
export function createFindings(document: ConfigDocument): Findings {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const finding = (at: KeyPath, message: string, advice: string | undefined): Problem => ({
    source: document.file,
    place: at.length === 0 ? undefined : document.placeOf(at, "value"),
    key: formatKey(at),
    message,
    advice,
  });
  return {
    problems,
    warnings,
    problem: (at, message, advice) => problems.push(finding(at, message, advice)),
    warning: (at, message, advice) => warnings.push(finding(at, message, advice)),
    environmentProblem: (name, message, advice) =>
      problems.push({ source: name, place: undefined, key: "", message, advice }),
  };
}
