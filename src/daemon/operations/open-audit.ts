import { type AuditLog, openAuditLog } from "../../audit/audit-log.ts";
import type { AuditEntry } from "../../audit/chain.ts";
import { secretsOf } from "../../config/secrets.ts";
import { maskedValue } from "../../core/secrets/masked-value.ts";
import { createRedactor } from "../../core/secrets/redactor.ts";
import { whenChanged } from "../../core/secrets/when-changed.ts";
import type { DaemonContext } from "../context.ts";
import { guarded } from "../guard.ts";
import { packageVersion } from "../package-version.ts";
import { auditEntry } from "./audit-entry.ts";
import { AUDIT_HEAD } from "./audit-head.ts";
import { createRefusalCount } from "./refusal-count.ts";

/** The log has the chain's end so often: who changes the audit log alone is found out. */
const HEAD_EVERY_MS = 60 * 60_000;

/** Writes down who does what, from now on. Returns what ends it. */
export function openAudit({ config, paths, events, log }: DaemonContext): () => void {
  const file = paths.audit;
  const redactor = createRedactor({ secrets: whenChanged(config, secretsOf), hidesLooks: () => true });
  const mask = (text: string) => redactor.mask(text).text;
  const audit = openAuditLog({
    file,
    now: Date.now,
    onState: (state, error) => {
      const why = error instanceof Error ? error.message : "";
      if (state === "working") log.info("the audit log is written again");
      else log.error("the audit log can't be written; turns go on", { file, error });
      events.emit({ type: "audit", state, file, why });
    },
  });
  const append = ({ type, fields }: AuditEntry) => {
    const masked = { type, fields: maskedValue(fields, mask) };
    // In two fields that stand beside each other, for one.
    const holdsOwn = redactor.holdsOwn(JSON.stringify(masked.fields));
    audit.append(holdsOwn ? { type, fields: { left_out: "there was a secret in it" } } : masked);
  };

  const refusals = createRefusalCount(Date.now);
  append({
    type: "started",
    fields: { version: packageVersion(), pid: process.pid, uid: process.getuid?.() },
  });
  const noteHead = guarded("noting the end of the audit log", createHeadNote(audit, log), log);
  noteHead();
  const timer = setInterval(noteHead, HEAD_EVERY_MS);
  const unlisten = events.listen((event) => {
    const entry = auditEntry(event, config().logging.messages);
    if (entry === undefined) return;
    for (const each of entry.type === "refused" ? refusals.of(entry) : [entry]) append(each);
  });
  return () => {
    unlisten();
    clearInterval(timer);
    for (const each of refusals.rest()) append(each);
    append({ type: "stopped", fields: {} });
    noteHead();
    audit.close();
  };
}

/** Writes the chain's end into the log, which in the journal belongs to another user, unless it stands there already. */
function createHeadNote(audit: AuditLog, log: DaemonContext["log"]): () => void {
  let noted = 0;
  return () => {
    const { seq, hash } = audit.head();
    if (seq === noted) return;
    noted = seq;
    log.info(AUDIT_HEAD, { record: seq, sha256: hash });
  };
}
