import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { isLoopback } from "../core/operations/loopback-address.ts";

/**
 * Lets in who shows the token, as `Bearer` (Prometheus) or as the password of `Basic` (a browser asks for it by
 * itself). Without a token only requests that name this machine are answered: a page in a browser here can be made
 * to ask for any name (DNS rebinding), but not with another Host header than its own.
 */
export function requireAccess(token: () => string | undefined): MiddlewareHandler {
  return async (context, next) => {
    const wanted = token();
    if (wanted === undefined) {
      if (!namesThisMachine(context.req.header("host"))) {
        return context.text("This name is not served: use 127.0.0.1, or set health.token.\n", 421);
      }
      return next();
    }
    const shown = shownToken(context.req.header("authorization"));
    if (shown === undefined || !isSame(shown, wanted)) {
      context.header("WWW-Authenticate", 'Basic realm="claude-coord", charset="UTF-8"');
      return context.text("The token is needed: health.token in the config.\n", 401);
    }
    return next();
  };
}

function namesThisMachine(header: string | undefined): boolean {
  if (header === undefined || !URL.canParse(`http://${header}`)) return false;
  return isLoopback(new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, ""));
}

function shownToken(header: string | undefined): string | undefined {
  const [, scheme = "", value = ""] = /^(\S+) +(\S+)$/.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return undefined;
  const pair = Buffer.from(value, "base64").toString("utf8");
  // Any user name will do.
  return pair.slice(pair.indexOf(":") + 1);
}

/** In the same time whatever is shown: hashes have one length. */
function isSame(shown: string, wanted: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(shown), hash(wanted));
}
