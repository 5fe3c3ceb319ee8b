import { nameKey } from './register.ts';

/** Legal forms, without their dots and slashes: they tell companies apart on paper and not to a reader. */
const LEGAL_FORMS = new Set(
  (
    'as aps ivs is ks ps amba smba ab hb oy oyj asa ans da gmbh ag kg ug se bv nv sa sas sarl srl spa sl inc incorporated ' +
    'corp corporation llc llp lp ltd limited plc pty co company'
  ).split(' '),
);
/** Shorter names differ in a letter without being mistaken. */
const SHORTEST = 6;
/** So many letters may be other ones. */
const SLIPS = 2;

/** Whether one name is easily taken for another: the same but for its legal form and signs, or up to two letters. */
export function isSimilarName(one: string, other: string): boolean {
  const [a, b] = [lettersOf(one), lettersOf(other)];
  if (a === b) return a !== '';
  return Math.min(a.length, b.length) >= SHORTEST && slipsBetween(a, b) <= SLIPS;
}

/** Letters and digits of a name, without accents and legal form. */
function lettersOf(name: string): string {
  const words = nameKey(name)
    .normalize('NFD')
    .replace(/[\p{M}./]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const own = words.filter((word) => !LEGAL_FORMS.has(word));
  return (own.length === 0 ? words : own).join('');
}

/** How many letters must be put in, left out or replaced to make one of the other (Levenshtein). */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...a].entries()) {
    const next = [at + 1];
    for (let column = 0; column < b.length; column += 1) {
      const replaced = (row[column] ?? 0) + (letter === b[column] ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
