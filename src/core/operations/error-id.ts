const CONSONANTS = "bdfghjklmnprstvz";
const VOWELS = "aeiou";

/** Random bytes that an error id takes. */
export const ERROR_ID_BYTES = 8;

/**
 * Eight letters that can be read out over a phone: `vudobaki`. 41 million of them, so that the ids of one
 * install's log hardly ever meet.
 */
export function errorId(random: Uint8Array): string {
  return Array.from(random.slice(0, ERROR_ID_BYTES), (byte, index) => {
    const letters = index % 2 === 0 ? CONSONANTS : VOWELS;
    return letters[byte % letters.length];
  }).join("");
}
