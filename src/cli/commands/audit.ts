import { Command, InvalidArgumentError } from "commander";
import type { ChainHead } from "../../audit/chain.ts";
import type { ShowAuditOptions } from "../audit/show.ts";
import type { VerifyAuditOptions } from "../audit/verify.ts";
import { jsonOption } from "../common-options.ts";
import type { Terminal } from "../terminal.ts";

export function auditCommand(terminal: Terminal): Command {
  const audit = new Command("audit").description(
    "who did what: turns, permissions, resets, changes, refusals",
  );
  audit
    .command("show")
    .description("show the records of the audit log, oldest first; the last 50 unless told otherwise")
    .option("-n, --lines <count>", "the last so many records", wholeNumber)
    .option("--since <time>", "only what is newer: 30m, 2h, 1d, or a time such as 2026-11-22T14:00")
    .option("--user <id>", "only what this member did, by their id in Discord")
    .option("--type <type>", "only records of this type, such as turn_accepted or permission_decided")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  claude-coord audit show --since 1d
  claude-coord audit show --user 123456789012345678
  claude-coord audit show --type permission_decided --json | jq -r '[.time, .user_id, .input.command] | @tsv'`,
    )
    .action(async (options: ShowAuditOptions) => {
      const { showAudit } = await import("../audit/show.ts");
      await showAudit(options, terminal);
    });
  audit
    .command("verify")
    .description("follow the chain through all records, and name the first that is not as it was written")
    .option(
      "--head <record:sha256>",
      "an end of the chain that was noted elsewhere: it must still be in it",
      (written: string, before: ChainHead[] = []) => [...before, chainHead(written)],
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Exit code 1 if the chain is broken. Beside each --head, those that the bot notes in its log every hour are looked for.
Who may write the files can also write all of them anew, with a chain that fits: only a head that is kept where they
can't write shows that. The journal of systemd keeps them: journalctl -u claude-coord | grep 'audit log ends here'.

Examples:
  claude-coord audit verify
  claude-coord audit verify --head 4711:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`,
    )
    .action(async (options: VerifyAuditOptions) => {
      const { verify } = await import("../audit/verify.ts");
      await verify(options, terminal);
    });
  return audit;
}

function chainHead(written: string): ChainHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(written) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new InvalidArgumentError(
      "Expected a record's number and its SHA-256, as audit verify prints them.",
    );
  }
  return { seq: Number(seq), hash };
}

function wholeNumber(written: string): number {
  if (!/^\d{1,9}$/.test(written)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(written);
}
