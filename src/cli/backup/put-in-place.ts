import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";

/**
 * Puts a copy of `from` where `to` is, for the owner of `ownerOf` alone; what was there is kept beside it under the
 * suffix, a database with its journal. Returns what it is called now.
 */
export function putInPlace(from: string, to: string, suffix: string, ownerOf: string): string | undefined {
  // The file itself, so that a link to it stays a link.
  const target = existsSync(to) ? realpathSync(to) : to;
  const next = `${target}.next`;
  const kept = `${target}.${suffix}`;
  try {
    copyFileSync(from, next);
    chmodSync(next, 0o600);
    const { uid, gid } = statSync(ownerOf);
    if (statSync(next).uid !== uid) chownSync(next, uid, gid);
    const existed = existsSync(target);
    // A journal that stayed would be played into the restored database.
    for (const part of ["-wal", "-shm", ""]) {
      if (existsSync(`${target}${part}`)) renameSync(`${target}${part}`, `${kept}${part}`);
    }
    renameSync(next, target);
    return existed ? kept : undefined;
  } finally {
    rmSync(next, { force: true });
  }
}
