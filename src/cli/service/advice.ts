import type { Service } from "./describe-service.ts";
import { findExecutable } from "./find-executable.ts";

/** What would make the installed service of less use, each with the command that helps. */
export async function serviceAdvice(service: Service): Promise<string[]> {
  const { manager, account, config } = service;
  return [
    ...(await unwritableProjects(service)),
    ...(config && !findExecutable(config.claude.command, service.path)
      ? [
          `${config.claude.command} is not in the service's PATH (${service.path}); give another one with --path.`,
        ]
      : []),
    ...(manager.isSystem || (await lingers(service))
      ? []
      : [`It ends when ${account.name} logs out. To let it run on: loginctl enable-linger ${account.name}`]),
  ];
}

async function unwritableProjects({ manager, account, config }: Service): Promise<string[]> {
  if (!manager.isSystem || config === undefined) return [];
  const here = config.projects.filter(({ host }) => host === undefined);
  const checked = await Promise.all(
    here.map(async ({ projectDir }) => {
      const { code } = await manager.run("runuser", ["-u", account.name, "--", "test", "-w", projectDir]);
      return code === 0 ? [] : [projectDir];
    }),
  );
  return checked
    .flat()
    .map((dir) => `${account.name} can't write to ${dir}: chown -R ${account.name}: '${dir}'`);
}

async function lingers({ manager, account }: Service): Promise<boolean> {
  const { stdout } = await manager.run("loginctl", [
    "show-user",
    account.name,
    "--property=Linger",
    "--value",
  ]);
  return stdout.trim() === "yes";
}
