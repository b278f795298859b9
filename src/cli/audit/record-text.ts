import { styleText } from "node:util";
import type { AuditRecord } from "../../audit/chain.ts";
import { localTimeToSeconds } from "../local-time.ts";

/** A record for people, on one line: when, what, who, and the rest. The links of the chain are left out. */
export function recordText(record: AuditRecord, stream: NodeJS.WritableStream): string {
  const { seq: _, time, type, prev: __, user_id: userId, ...rest } = record;
  const when = styleText("dim", localTimeToSeconds(Date.parse(time)), { stream });
  const fields = Object.entries(userId === undefined ? rest : { user_id: userId, ...rest });
  const pairs = fields.map(([name, value]) => `${name}=${valueText(value)}`);
  return [when, styleText("bold", type.padEnd(WIDTH), { stream }), ...pairs].join(" ");
}

const WIDTH = "permission_decided".length;

/** Written by people and by Claude: nothing in it moves the cursor, colours the screen or turns the text around. */
function valueText(value: unknown): string {
  const text = typeof value === "string" && /^[\w.,:/@+-]+$/.test(value) ? value : JSON.stringify(value);
  return text.replace(/[^\P{C}]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
