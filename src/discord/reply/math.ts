/*
 * Discord has no formulas, and takes their signs for emphasis and escapes. As code they are shown as they were written.
 */

const TEX = /\\[a-z]{2,}|\^|_[\w{]/i;
const DISPLAYED = /^\s*(?:\$\$([\s\S]+)\$\$|\\\[([\s\S]+)\\\])\s*$/;

/** A formula in a line: `$…$` or `\(…\)`. The first or the second group holds it. */
export const INLINE_MATH =
  /(?<![\\$\w])\$(?=[^\s$])([^$\n`]{0,200}[^\s$\\`])\$(?![\w$])|\\\(([^\n`]{1,200}?)\\\)/g;

/** Whether what stands between such signs is a formula: `$5` is a price and `$HOME` a variable. */
export function isFormula(text: string): boolean {
  return TEX.test(text);
}

/** The formula that a paragraph consists of (`$$…$$` or `\[…\]`), undefined for any other paragraph. */
export function displayedMath(paragraph: string): string | undefined {
  const [, dollars, brackets] = DISPLAYED.exec(paragraph) ?? [];
  const formula = (dollars ?? brackets ?? "").trim();
  return formula !== "" && !formula.includes("$$") && isFormula(formula) ? formula : undefined;
}
