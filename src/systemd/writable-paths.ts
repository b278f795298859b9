/** What the service may write to, for a unit in which everything else is read-only and home folders are hidden. */
export interface WritablePaths {
  /** Outside the home folders: made writable in place. */
  readonly inPlace: readonly string[];
  /** Below a hidden folder: bound into the empty one that the service sees. */
  readonly bound: readonly string[];
}

/** Sorts absolute directories; one below another is left out, since that covers it. */
export function writablePaths(directories: readonly string[]): WritablePaths {
  const sorted = [...new Set(directories.map(withoutEnd))].toSorted();
  const roots = sorted.filter((path) => !sorted.some((other) => other !== path && isWithin(path, other)));
  return {
    inPlace: roots.filter((path) => !isHidden(path)),
    bound: roots.filter(isHidden),
  };
}

/** Whether `ProtectHome=tmpfs` hides the path from the service. */
export function isHidden(path: string): boolean {
  return HIDDEN.some((folder) => isWithin(path, folder));
}

/** Whether an absolute path is the folder or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

const HIDDEN = ["/home", "/root", "/run/user"];

function withoutEnd(path: string): string {
  return path === "/" ? path : path.replace(/\/+$/, "");
}
