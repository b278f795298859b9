import { auditFiles } from "../../../audit/audit-files.ts";
import { verifyAudit } from "../../../audit/verify.ts";
import { headsInLog } from "../../audit/heads-in-log.ts";
import { type Finding, ok, problem } from "../finding.ts";

/** Whether the audit log is as it was written. */
export async function checkAudit({
  audit,
  log,
}: {
  readonly audit: string;
  readonly log: string;
}): Promise<Finding> {
  const check = "security.audit";
  const noted = await headsInLog(log);
  const { problems, records } = await verifyAudit(audit, noted);
  const [first] = problems;
  if (first !== undefined) {
    return problem(
      check,
      `the audit log is not as it was written: ${first.file}, line ${first.line}: ${first.what}`,
      "claude-coord audit verify; who can write to its folder?",
    );
  }
  return ok(
    check,
    auditFiles(audit).length === 0
      ? "there is no audit log yet"
      : `the audit log is whole: ${records} records`,
  );
}
