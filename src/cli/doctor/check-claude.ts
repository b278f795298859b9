import type { Claude } from "../../claude/claude.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** The CLI itself, its settings file and its login; no request goes to the model. */
export async function checkClaude(claude: Pick<Claude, "check" | "login">): Promise<Finding[]> {
  try {
    const { version, executable, warnings, damagedConfig } = await claude.check();
    const newer = warnings.map((text) =>
      warning("claude.version", text, "npm install -g claude-coord@latest, when there is one"),
    );
    const findings = [ok("claude", `Claude Code ${version} at ${executable}`), ...newer];
    if (damagedConfig !== undefined) {
      const { file, newestBackup } = damagedConfig;
      findings.push(
        problem(
          "claude.config",
          `${file} is damaged: no session can start`,
          newestBackup === undefined ? `mv '${file}' '${file}.damaged'` : `cp '${newestBackup}' '${file}'`,
        ),
      );
    }
    return [...findings, await checkLogin(claude)];
  } catch (error) {
    if (!(error instanceof CoordError)) throw error;
    const [what = "", ...rest] = error.message.split(/(?<=[.:]) (?=Install|Update|Make)/);
    return [problem("claude", what, rest.join(" ") || "npm install -g @anthropic-ai/claude-code")];
  }
}

async function checkLogin(claude: Pick<Claude, "login">): Promise<Finding> {
  const login = await claude.login();
  if (login === undefined) {
    return warning("claude.login", "the CLI does not tell whether it is logged in", "claude auth status");
  }
  return login.loggedIn
    ? ok("claude.login", `Claude is logged in (${login.authMethod})`)
    : problem(
        "claude.login",
        "Claude is not logged in",
        "As the service's user: claude auth login; or set ANTHROPIC_API_KEY in claude.env",
      );
}
