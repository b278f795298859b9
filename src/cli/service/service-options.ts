/** What decides on the unit, as the command line has it; undefined is for the host to decide. */
export interface ServiceOptions {
  readonly user?: boolean;
  readonly serviceUser: string;
  readonly config?: string;
  readonly path?: string;
  readonly tokenFile: string;
  readonly writable?: readonly string[];
  readonly memoryMax: string;
  readonly tasksMax: number;
  readonly claudeSandbox?: boolean;
  readonly mountProc?: boolean;
}

/** What counts unless the command line says otherwise. */
export const SERVICE_DEFAULTS = {
  serviceUser: "discord-bot",
  tokenFile: "/etc/claude-coord/discord-token",
  memoryMax: "80%",
  tasksMax: 4096,
} as const;
