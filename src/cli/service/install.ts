import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { CoordError } from "../../core/operations/errors.ts";
import { agreeOrEnd } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { addUserCommand } from "./account.ts";
import { serviceAdvice } from "./advice.ts";
import { describeService, type Service } from "./describe-service.ts";
import { changedLines, diffLines } from "./diff.ts";
import { UNIT } from "./manager.ts";
import { mustRun } from "./run-command.ts";
import type { ServiceOptions } from "./service-options.ts";
import { startUnit } from "./start-unit.ts";
import { checkUnit } from "./unit-check.ts";

export interface InstallOptions extends ServiceOptions {
  readonly tokenStdin?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  /** A running service is restarted although its unit stays as it is. */
  readonly restart?: boolean;
  /** A new unit's text is not shown. */
  readonly brief?: boolean;
  /** False with --no-start. */
  readonly start: boolean;
}

/** A change to the machine: what it is called for a person, and what makes it. */
interface Step {
  readonly what: string;
  readonly run: () => Promise<unknown> | unknown;
}

/** Makes the machine as the unit needs it; what is already so is left alone. */
export async function install(options: InstallOptions, terminal: Terminal): Promise<void> {
  const service = await describeService(options, terminal);
  const { manager, text, configFile } = service;
  if (manager.isSystem && !options.dryRun && process.getuid?.() !== 0) {
    throw new CoordError(
      "usage",
      "A service of the machine needs root: run it with sudo, or give --user for a service of your own.",
    );
  }
  const { problems, exposure } = await checkUnit(manager, text);
  if (problems !== "") throw new CoordError("service_failed", `systemd does not take the unit:\n${problems}`);

  const before = existsSync(manager.unitFile) ? readFileSync(manager.unitFile, "utf8") : undefined;
  if (before === undefined && options.brief) terminal.explain("The unit: claude-coord service print");
  else if (before === undefined) terminal.stdout.write(text);
  else if (before !== text) terminal.stdout.write(`${changedLines(diffLines(before, text)).join("\n")}\n`);
  if (exposure !== undefined) terminal.explain(`Exposure by systemd-analyze security: ${exposure}`);

  const steps = [...machineSteps(service, options, terminal), ...unitSteps(service, before)];
  terminal.explain(
    steps.length === 0
      ? `${manager.unitFile} is up to date.`
      : steps.map(({ what }) => `- ${what}`).join("\n"),
  );
  if (options.dryRun) return;
  if (steps.length > 0) await agreeOrEnd(terminal, options.yes, "Do this?");
  for (const step of steps) await step.run();
  await manager.systemctl("enable", "--quiet", UNIT);
  for (const line of await serviceAdvice(service)) terminal.explain(line);

  if (!options.start) return;
  if (service.config === undefined) {
    terminal.explain(`Not started: there is no ${configFile} yet. ${howToConfigure(service)}`);
    return;
  }
  terminal.explain("Starting…");
  // Without a change, a running service is left alone.
  await startUnit(manager, steps.length > 0 || options.restart ? "restart" : "start");
  terminal.explain("The service runs. See: claude-coord service status");
}

/** What the service needs besides its unit. */
function machineSteps(service: Service, options: InstallOptions, terminal: Terminal): Step[] {
  const { account, tokenFile, manager } = service;
  const steps: Step[] = [];
  if (manager.isSystem && !account.exists) {
    const [command, ...args] = addUserCommand(account.name);
    steps.push({ what: `make the user: ${[command, ...args].join(" ")}`, run: () => mustRun(command, args) });
  }
  if (tokenFile !== undefined && options.tokenStdin) {
    steps.push({
      what: `write the bot's token to ${tokenFile}, for root only`,
      run: async () => writeToken(tokenFile, (await readAll(terminal.stdin)).trim()),
    });
  } else if (tokenFile !== undefined && !existsSync(tokenFile)) {
    throw new CoordError(
      "token_missing",
      `The bot's token is neither in ${service.configFile} nor in ${tokenFile}. Give it once:\n` +
        '  read -rs TOKEN; printf %s "$TOKEN" | claude-coord service install --yes --token-stdin',
    );
  }
  return steps;
}

function writeToken(file: string, token: string): void {
  if (token === "") throw new CoordError("token_missing", "There was no token on stdin.");
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
}

function unitSteps({ manager, text }: Service, before: string | undefined): Step[] {
  if (before === text) return [];
  return [
    {
      what: `${before === undefined ? "write" : "replace"} ${manager.unitFile}`,
      run: async () => {
        mkdirSync(dirname(manager.unitFile), { recursive: true });
        writeFileSync(manager.unitFile, text, { mode: 0o644 });
        await manager.systemctl("daemon-reload");
      },
    },
  ];
}

function howToConfigure({ account }: Service): string {
  return (
    `Write it, as ${account.name} and with mode 0600 (config.example.yaml, which comes with claude-coord, is a ` +
    "beginning), then: claude-coord service install"
  );
}
