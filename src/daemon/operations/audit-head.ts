/** How `audit verify` finds in the log where the audit log ended at that time. */
export const AUDIT_HEAD = "the audit log ends here";
