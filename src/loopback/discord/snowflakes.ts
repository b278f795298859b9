/** Makes ids as Discord does: strictly rising, and each tells when it was made. `now` in ms since the epoch. */
export function createSnowflakes(now: () => number): () => string {
  let lastMs = 0;
  let increment = 0;
  return () => {
    const nowMs = Math.max(Math.floor(now()), lastMs);
    increment = nowMs === lastMs ? increment + 1 : 0;
    lastMs = nowMs;
    if (increment > LAST_INCREMENT) {
      lastMs += 1;
      increment = 0;
    }
    return String((BigInt(lastMs - DISCORD_EPOCH_MS) << 22n) | BigInt(increment));
  };
}

/** When a snowflake was made, in ms since the epoch. */
export function snowflakeTimeMs(snowflake: string): number {
  return Number(BigInt(snowflake) >> 22n) + DISCORD_EPOCH_MS;
}

/** Orders snowflakes by age; they are too large for numbers and of different lengths as text. */
export function compareSnowflakes(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

const DISCORD_EPOCH_MS = 1_420_070_400_000;
const LAST_INCREMENT = 4095;
