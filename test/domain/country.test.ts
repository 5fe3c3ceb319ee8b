import { expect, test } from 'vitest';
import { isCountry } from '../../src/domain/country.ts';
import { isInEea } from '../../src/domain/transfer-basis.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const countries = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(isCountry);

test('The countries are the 249 codes that ISO 3166-1 assigns, each with a name that Unicode knows', () => {
  expect(countries).toHaveLength(249);
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  expect(countries.filter((code) => names.of(code) === undefined)).toEqual([]);
});

test('every country of the EEA is a country, and seven territories of the EU have a code of their own', () => {
  expect(countries.filter(isInEea)).toHaveLength(30 + 7);
});

test.each(['EL', 'UK', 'EU', 'XK', 'SU', 'YU', 'AN', 'XX', 'ZZ', 'AA', 'dk', 'Dk', 'DNK', 'D', '', ' DK', 'DK\n'])(
  'No country has the code %j',
  (code) => {
    expect(isCountry(code)).toBe(false);
  },
);
