import type { RESTOptions } from "discord.js";
import { secretsInFile } from "../../core/secrets/file-secrets.ts";
import { maskedValue } from "../../core/secrets/masked-value.ts";
import type { Redactor } from "../../core/secrets/redactor.ts";

type MakeRequest = RESTOptions["makeRequest"];

export interface RequestGuard {
  readonly redactor: Redactor;
  /** A secret of ours was on its way out, and was taken out of it; `request` is `POST /channels/…`. */
  readonly onSecret: (request: string) => void;
}

/**
 * The last door before Discord: everything that the bot sends there by REST goes through it, whoever sends it, and no
 * secret does. What says more than a mask, such as why an answer is withheld, is said by those who send.
 */
export function guardedRequest(request: MakeRequest, { redactor, onSecret }: RequestGuard): MakeRequest {
  const json = (text: string) => {
    let heldOwn = false;
    const mask = (each: string) => {
      const masked = redactor.mask(each);
      heldOwn ||= masked.heldOwn;
      return masked.text;
    };
    const value: unknown = JSON.parse(text);
    const clean = maskedValue(value, mask);
    return { text: clean === value ? text : JSON.stringify(clean), heldOwn };
  };

  const form = async (body: FormData) => {
    const clean = new FormData();
    let heldOwn = false;
    for (const [name, part] of body) {
      if (typeof part === "string") {
        const masked = name === "payload_json" ? json(part) : redactor.mask(part);
        heldOwn ||= masked.heldOwn;
        clean.append(name, masked.text);
        continue;
      }
      const fileName = redactor.mask(part.name);
      const inside = await secretsInFile(Buffer.from(await part.arrayBuffer()), redactor);
      heldOwn ||= fileName.heldOwn || inside.heldOwn;
      clean.append(name, inside.heldOwn ? new Blob([WITHHELD]) : part, fileName.text);
    }
    return { form: clean, heldOwn };
  };

  return async (url, init) => {
    const { body } = init;
    if (typeof body !== "string" && !(body instanceof FormData)) return request(url, init);
    const clean = typeof body === "string" ? json(body) : await form(body);
    if (clean.heldOwn) onSecret(`${init.method} ${shownRoute(url)}`);
    return request(url, { ...init, body: "form" in clean ? (clean.form as typeof body) : clean.text });
  };
}

const WITHHELD = "There was a secret of the bot in this file, so it is withheld.\n";

/** The way of a request, without the tokens that are part of some. */
function shownRoute(url: string): string {
  return new URL(url).pathname.replace(/(\/(?:webhooks|interactions)\/\d+)\/[^/]+/, "$1/…");
}
