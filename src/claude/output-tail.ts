/** Keeps the end of a stream, at most `maxBytes` of it: what a program said last is what explains its exit. */
export function createOutputTail(maxBytes: number): { push: (chunk: Buffer) => void; text: () => string } {
  let tail: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      const joined = Buffer.concat([tail, chunk]);
      tail = joined.subarray(Math.max(0, joined.length - maxBytes));
    },
    text: () => tail.toString("utf8").trim(),
  };
}
