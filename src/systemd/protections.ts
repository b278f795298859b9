/** What the kernel says of a process, as text of files below /proc/PID. */
export interface ProcessView {
  readonly status: string;
  readonly mountinfo: string;
}

/** One protection, and whether the process really has it. */
export interface Protection {
  readonly name: string;
  readonly isEffective: boolean;
}

/**
 * The protections that a running service has, seen from inside. systemd leaves some out without a word where a
 * container forbids them, so that the unit's text proves nothing.
 */
export function protections({ status, mountinfo }: ProcessView): Protection[] {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1]?.trim() ?? "";
  const mounts = mountinfo.split("\n").flatMap(parseMount);
  // Of several mounts on one place the last is seen.
  const at = (place: string) => mounts.findLast((mount) => mount.place === place);
  const allow = (name: string, isEffective: boolean): Protection => ({ name, isEffective });
  return [
    allow("not root", !field("Uid").split(/\s+/).includes("0")),
    allow("no new privileges", field("NoNewPrivs") === "1"),
    allow("no capabilities", /^0+$/.test(field("CapBnd"))),
    allow("system calls filtered", field("Seccomp") === "2"),
    allow("files read-only", at("/")?.options.includes("ro") ?? false),
    allow("homes hidden", at("/home")?.type === "tmpfs"),
    allow("own /tmp", at("/tmp")?.root.includes("systemd-private-") ?? false),
    allow("own /dev", at("/dev")?.type === "tmpfs" && at("/dev")?.options.includes("ro") === true),
    allow("kernel settings read-only", at("/proc/sys")?.options.includes("ro") ?? false),
    allow("other processes hidden", at("/proc")?.superOptions.includes("hidepid=invisible") ?? false),
  ];
}

interface Mount {
  readonly root: string;
  readonly place: string;
  readonly options: readonly string[];
  readonly type: string;
  readonly superOptions: readonly string[];
}

/** A line of proc_pid_mountinfo(5); the number of optional fields before the dash differs. */
function parseMount(line: string): Mount[] {
  const [before = "", after = ""] = line.split(" - ");
  const [, , , root, place, options] = before.split(" ");
  const [type, , superOptions] = after.split(" ");
  if (root === undefined || place === undefined || type === undefined) return [];
  return [
    {
      root,
      place,
      options: (options ?? "").split(","),
      type,
      superOptions: (superOptions ?? "").split(","),
    },
  ];
}
