import type { Environment } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { Asker } from "./asker.ts";
import { type ClaudeCli, findClaudeCli, findLogin, loginCommand } from "./claude-cli.ts";
import type { InitOptions, LoginKind } from "./init-options.ts";
import type { Place } from "./place.ts";
import type { Talk } from "./talk.ts";

/** How Claude will be logged in. */
export interface ChosenLogin {
  readonly cli: ClaudeCli;
  /** Whether `claude auth login` is to be run at the end. */
  readonly runsLogin: boolean;
  /** What is to be kept in `claude.env`. */
  readonly variable: { readonly name: string; readonly value: string } | undefined;
}

/** Looks at the CLI and its login, and settles on a way to log in where there is none. */
export async function chooseLogin(
  options: InitOptions,
  place: Place,
  asker: Asker,
  talk: Talk,
): Promise<ChosenLogin> {
  talk.part("Claude Code");
  const { claude } = place.existing ?? {};
  const cli = await mustWork(options, claude?.command ?? "claude", place, asker, talk);
  const none = { cli, runsLogin: false, variable: undefined };
  if (cli.executable === undefined || cli.version === undefined) return none;
  talk.good(`Claude Code ${cli.version} at ${cli.executable}.`);
  const login =
    options.claudeLogin === undefined
      ? await findLogin(cli.executable, place, { ...credentialIn(place), ...claude?.env })
      : "none";
  if (login !== undefined && login !== "none") {
    talk.good(`It is logged in (${login}).`);
    return none;
  }
  const asWhom = place.account === undefined ? "" : ` as ${place.account.name}`;
  if (asker.asks && options.claudeLogin === undefined) {
    talk.careful(
      login === undefined ? "It does not tell whether it is logged in." : `It is not logged in${asWhom}.`,
    );
    talk.say(
      "  With a subscription, on this machine: log in, by a link that you open in any browser. If you would rather do " +
        "that on another computer, run `claude setup-token` there and paste the token that it prints.",
    );
  }
  const kind = await asker.answer<LoginKind>({
    given: options.claudeLogin,
    flag: "--claude-login",
    recommended: "later",
    ask: (prompts) =>
      prompts.choose<LoginKind>("How does Claude log in?", [
        { value: "now", name: "Log in on this machine, at the end (claude auth login)" },
        { value: "token", name: "With the token that `claude setup-token` printed" },
        { value: "api-key", name: "With an API key, which is paid by use" },
        { value: "later", name: "Later" },
      ]),
  });
  if (kind === "token" || kind === "api-key") {
    return { ...none, variable: await secretOf(kind, place.env, asker) };
  }
  if (kind === "later")
    talk.careful(
      `Until Claude is logged in${asWhom}, the bot answers that it is not. Then: ${loginCommand(place)}`,
    );
  if (kind === "now" && !asker.asks) {
    throw new CoordError(
      "usage",
      "--claude-login now needs a terminal: the CLI shows a link and asks for a code.",
    );
  }
  return { ...none, runsLogin: kind === "now" };
}

async function mustWork(
  options: InitOptions,
  command: string,
  place: Place,
  asker: Asker,
  talk: Talk,
): Promise<ClaudeCli> {
  for (;;) {
    const cli = await findClaudeCli(command, place);
    if (cli.problem === undefined) return cli;
    if (options.claudeCheck === false) {
      talk.careful(cli.problem);
      return cli;
    }
    if (!asker.asks) {
      const code = cli.version === undefined ? "claude_missing" : "claude_too_old";
      throw new CoordError(code, `${cli.problem}\nTo go on without it: --no-claude-check`);
    }
    talk.careful(cli.problem);
    const next = await asker.prompts.choose("What now?", [
      { value: "again", name: "Look again" },
      { value: "without", name: "Go on without it" },
    ]);
    if (next === "without") return cli;
  }
}

const VARIABLES = { token: "CLAUDE_CODE_OAUTH_TOKEN", "api-key": "ANTHROPIC_API_KEY" } as const;

/** Without a service, the bot will have the variables of this shell. */
function credentialIn({ service, env }: Place): Record<string, string> {
  const found = Object.values(VARIABLES).find((name) => env[name]?.trim());
  return service === "none" && found !== undefined ? { [found]: env[found] ?? "" } : {};
}

async function secretOf(kind: "token" | "api-key", env: Environment, asker: Asker) {
  const name = VARIABLES[kind];
  const value = await asker.answer({
    given: env[name]?.trim() || undefined,
    flag: `The variable ${name}`,
    ask: (prompts) =>
      prompts.secret(kind === "token" ? "The token of claude setup-token:" : "The API key:", (answer) =>
        /^[\x21-\x7e]+$/.test(answer) ? undefined : "Expected it in one piece.",
      ),
  });
  return { name, value };
}
