/** A registration number, read. */
export interface RegistrationNumber {
  /** The form that is compared: `DK:10000001`. `null` where there is no number: "N/A" is none. */
  readonly key: string | null;
  /** What looks wrong with it, in a sentence; `null` for nothing. It warns and refuses nothing (D36). */
  readonly doubt: string | null;
}

/** How numbers of a country are known, and what their digits must fulfil. `digits` is in ASCII. */
interface Kind {
  readonly country: string;
  readonly name: string;
  /** Finds the number in capitals and digits, as its first group; without a prefix it also stands for itself. */
  readonly pattern: RegExp;
  readonly isRight: (digits: string) => boolean;
}

const weighted = (digits: string, weights: readonly number[]) =>
  weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);

/** ISO 7064, MOD 11,10. */
function isRightByIso7064(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
}

function isRightByLuhn(digits: string): boolean {
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

const KINDS: readonly Kind[] = [
  {
    country: 'DK',
    name: 'Danish CVR number',
    pattern: /^(?:DK)?(?:CVR(?:NR|NO|NUMMER)?)?(?:DK)?(\d{8})$/,
    isRight: (digits) => weighted(digits, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  },
  {
    country: 'NO',
    name: 'Norwegian organisation number',
    pattern: /^(?:NO)?(?:ORGNR)?(?:NO)?(\d{9})(?:MVA)?$/,
    isRight: (digits) => weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  },
  {
    country: 'SE',
    name: 'Swedish organisation number',
    // With the century of a company in front, or as a VAT number, which ends in 01.
    pattern: /^(?:ORGNR|16)?(\d{10})$|^SE(\d{10})(?:01)?$/,
    isRight: isRightByLuhn,
  },
  {
    country: 'DE',
    name: 'German VAT number (USt-IdNr)',
    pattern: /^(?:USTIDNR)?(DE\d{9})$/,
    isRight: (number) => isRightByIso7064(number.slice(2)),
  },
];

/** A number of the German commercial register, in capitals with its spaces: it means nothing without its court. */
const GERMAN_REGISTER = /\bHR([AB])[\s.:-]*(\d+)(?:\s*([A-Z])(?![\p{L}\p{N}]))?/u;

/**
 * Reads a registration number: Danish, Norwegian, Swedish and German ones in the forms that people write, any other as its
 * letters and digits. `country` is where the company is registered, where that is known; otherwise the form says it.
 */
export function readRegistrationNumber(text: string, country: string | null = null): RegistrationNumber {
  const capitals = text.normalize('NFKC').toUpperCase();
  const compact = capitals.replace(/[^\p{L}\p{N}]/gu, '');
  if (!/\p{N}/u.test(compact)) return { key: null, doubt: null };
  const german = country === null || country === 'DE' ? readGermanRegister(capitals) : null;
  if (german !== null) return german;
  for (const kind of KINDS.filter((each) => country === null || each.country === country)) {
    const found = kind.pattern.exec(compact);
    const number = found?.[1] ?? found?.[2];
    if (number === undefined) continue;
    const doubt = kind.isRight(number) ? null : `${text} is no ${kind.name}: its check digit is wrong`;
    return { key: `${kind.country}:${number}`, doubt };
  }
  return { key: `${country ?? ''}:${compact}`, doubt: doubtOfForm(text, compact) };
}

/** A registration number, or a part of one, as people type it: 10 00 00 01, DK-10.00.00.01, 983 953 271 MVA, HRB 123. */
const LIKE_A_NUMBER = /^\p{L}{0,3}[ .-]*[0-9][0-9 .-]*\p{L}{0,3}$/u;

/**
 * What is looked for in the keys of registration numbers when somebody searches for these words: their digits, and what they mean
 * as a whole number. Nothing where they look like no number.
 */
export function searchedNumbers(words: string | null | undefined): string[] {
  const typed = words?.normalize('NFKC') ?? '';
  if (!LIKE_A_NUMBER.test(typed)) return [];
  return [typed.replace(/\D/g, ''), ...(readRegistrationNumber(typed).key?.split(':').slice(1, 2) ?? [])];
}

function readGermanRegister(capitals: string): RegistrationNumber | null {
  const found = GERMAN_REGISTER.exec(capitals);
  if (found === null) return null;
  const [whole, section = '', number = '', suffix = ''] = found;
  const court = capitals
    .replace(whole, ' ')
    .replace(/\b(?:AMTSGERICHT|AG|DE|REGISTERGERICHT|HANDELSREGISTER)\b/gu, '')
    .replace(/[^\p{L}\p{N}]/gu, '');
  const doubt =
    court === ''
      ? `${whole.trim()} is no whole number of the German register: expected its court, as HRB 12345 Hamburg`
      : null;
  return { key: `DE:HR${section}${number}${suffix}${court && `:${court}`}`, doubt };
}

/** A number that is of no known form, and looks like one that a spreadsheet has damaged. */
function doubtOfForm(text: string, compact: string): string | null {
  return /^\d{7}$/.test(compact)
    ? `${text} has 7 digits: expected the 8 of a Danish CVR number; a spreadsheet cuts a leading zero`
    : null;
}
