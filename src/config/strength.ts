const LEAST_CHARACTERS = 32;
/** Of 32 random digits, 31 are unpredictable as a rule; of a word that is repeated, those of the first. */
const LEAST_UNPREDICTABLE = 24;
const LEAST_DIFFERENT = 8;

/**
 * Whether a secret can be guessed by its form: shorter than 32 characters, of fewer than eight different ones, or mostly
 * pattern. A pattern is a run (`aaaa`, `1234`, `zyxw`) or three characters that stood in this order before. Words of a
 * language are not recognized.
 */
export function isWeak(secret: string): boolean {
  const codes = Array.from(secret, (character) => character.codePointAt(0) ?? 0);
  const seen = new Set<string>();
  let unpredictable = 0;
  for (const [index, code] of codes.entries()) {
    const [first, second] = [codes[index - 2] ?? Number.NaN, codes[index - 1] ?? Number.NaN];
    const continuesRun = code - second === second - first && Math.abs(code - second) <= 1;
    const triple = `${first},${second},${code}`;
    if (!continuesRun && !seen.has(triple)) unpredictable += 1;
    seen.add(triple);
  }
  return (
    codes.length < LEAST_CHARACTERS || unpredictable < LEAST_UNPREDICTABLE || new Set(codes).size < LEAST_DIFFERENT
  );
}
