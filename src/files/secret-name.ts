const SECRET_FOLDERS: ReadonlySet<string> = new Set([".git", ".ssh", ".gnupg", ".aws", ".kube", ".docker"]);

const SECRET_FILES: readonly RegExp[] = [
  /^\.env/,
  /^id_(rsa|dsa|ecdsa|ed25519)/,
  /\.(pem|key|p12|pfx|jks|kdbx|ppk)$/,
  /^\.(npmrc|netrc|pgpass|pypirc|git-credentials|htpasswd)$/,
  /^\.?credentials/,
];

/** Whether a path, relative to where it may be sent from, looks like a secret by one of its names. */
export function looksSecret(relativePath: string): boolean {
  const names = relativePath.toLowerCase().split(/[\\/]+/);
  const file = names.at(-1) ?? "";
  return names.some((name) => SECRET_FOLDERS.has(name)) || SECRET_FILES.some((pattern) => pattern.test(file));
}
