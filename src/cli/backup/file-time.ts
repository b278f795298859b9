/** A time as part of a file's name: `20261122-145103`, in UTC, so that names sort by age. */
export function fileTime(time: Date): string {
  return time.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}
