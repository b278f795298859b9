import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { type Finding, ok, problem, warning } from "../finding.ts";

/** From 0, shut in, to 10. What `service install` writes has 1.5 to 2.8. */
const GOOD = 4;
const BAD = 7;

/** How far systemd shuts the service in, by its own count. `analyze` prints that; undefined where it can't be run. */
export async function checkUnit(
  unitFile: string,
  analyze: (unitFile: string) => Promise<string | undefined> = systemdAnalyze,
): Promise<Finding> {
  const check = "security.unit";
  if (!existsSync(unitFile)) return ok(check, `no unit of systemd here (${unitFile}), so none to look at`);
  const [, written = ""] =
    /Overall exposure level for \S+: (\d+\.\d+)/.exec((await analyze(unitFile)) ?? "") ?? [];
  if (written === "")
    return ok(check, `systemd-analyze can't judge ${unitFile} here, so it was not looked at`);
  const score = Number(written);
  const message = `systemd counts ${written} of 10 for how exposed the service is (what install writes has less than 3)`;
  const fix =
    "Write the unit anew: sudo claude-coord service install; see: systemd-analyze security claude-coord";
  if (score >= BAD) return problem(check, message, fix);
  return score > GOOD ? warning(check, message, fix) : ok(check, message);
}

async function systemdAnalyze(unitFile: string): Promise<string | undefined> {
  try {
    const args = ["security", "--offline=true", "--no-pager", unitFile];
    return (await promisify(execFile)("systemd-analyze", args, { timeout: 20_000 })).stdout;
  } catch {
    return undefined;
  }
}
