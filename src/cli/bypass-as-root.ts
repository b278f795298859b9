/** Why Claude would not start with bypassPermissions for this user; undefined when it would. */
export function bypassRefusal(
  userId: number | undefined,
  claudeEnv: Readonly<Record<string, string>>,
): string | undefined {
  // The CLI takes this as the promise that root can break nothing here.
  if (userId !== 0 || claudeEnv.IS_SANDBOX === "1") return undefined;
  return (
    "Claude Code refuses bypassPermissions for root, since nothing would stand between a message and the whole " +
    "machine. Run the service as another user, or choose another permission mode."
  );
}
