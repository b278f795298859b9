/** Gives the first `most` values of a label back as they are, and `other` for every further one. */
export function createLabelCap(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.size < most) known.add(value);
    return known.has(value) ? value : "other";
  };
}
