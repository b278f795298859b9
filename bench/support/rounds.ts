/** How often something is measured; `npm run bench -- --quick` asks for a tenth, to see that it works. */
export function rounds(usual: number): number {
  return process.env.BENCH_QUICK === "1" ? Math.max(1, Math.ceil(usual / 10)) : usual;
}
