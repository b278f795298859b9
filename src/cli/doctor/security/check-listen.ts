import type { Config } from "../../../config/config.ts";
import { isLoopback } from "../../../core/operations/loopback-address.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

/** Who can see the status page. */
export function checkListen({ health }: Config): Finding[] {
  const { listen, token } = health;
  if (listen === undefined) return [ok("security.listen", "nothing is served (health.listen)")];
  const address = `${listen.host}:${listen.port}`;
  if (isLoopback(listen.host))
    return [ok("security.listen", `the status page is served to this machine alone (${address})`)];
  if (token === undefined) {
    const message = `the status page is served to others without a token (${address}): what people do and what it costs`;
    return [
      problem(
        "security.listen",
        message,
        "Set health.token, or listen on 127.0.0.1: claude-coord config edit",
      ),
    ];
  }
  return [
    warning(
      "security.listen",
      `the status page and its token go over the network as they are (${address})`,
      "Put a proxy with TLS in front, or listen on 127.0.0.1 and use ssh -L",
    ),
  ];
}
