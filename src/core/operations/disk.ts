/** Below this, answers can't be kept safely. */
export const TOO_LITTLE_BYTES = 100 * 2 ** 20;
/** Below this, somebody should make room, unless the config says otherwise. */
export const LITTLE_BYTES = 2 ** 30;
