/**
 * What a spreadsheet has made of a cell that it took for a number, in words that say what to do; `null` where nothing is seen. Only
 * of an identifier is a decimal number none that somebody typed.
 */
export function damageOf(cell: string, isIdentifier: boolean): string | null {
  if (/^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i.test(cell)) {
    return 'Expected what was typed: the spreadsheet has rounded this number. Format the column as text, and type it anew';
  }
  if (isIdentifier && /^\d+[.,]0+$/.test(cell)) {
    return 'Expected what was typed: the spreadsheet has made this a decimal number. Format the column as text';
  }
  if (/^#(?:#+|[\p{Lu}/0]+[!?]?)$/u.test(cell)) return 'Expected a value: the spreadsheet shows an error here';
  return null;
}
