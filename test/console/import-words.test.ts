import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importedController } from '../../src/api/controllers.ts';
import { inputFaults } from '../../src/domain/refused.ts';
import { LANGUAGES } from '../../src/domain/text.ts';
import { importFaultInWords } from '../../src/console/customers/import-fault-words.ts';
import { warningInWords } from '../../src/console/customers/warning-words.ts';
import { WARNING_CODES } from '../../src/domain/warning.ts';

/* What is wrong with a file of customers is told in the words of a page. */

const SRC = path.resolve(import.meta.dirname, '../../src');
const IMPORTING = readdirSync(path.join(SRC, 'importing')).map((name) => `importing/${name}`);
/** Of requests that the console does not make. */
const NOT_OF_THE_CONSOLE = /dry run|NDJSON/;

/** What the sources say of faults of a file, with a number for what is found. */
const FAULTS = [
  ...IMPORTING,
  ...['api/controllers', 'api/controller-import', 'domain/spreadsheet-damage', 'domain/terms-version'].map(
    (name) => `${name}.ts`,
  ),
]
  .flatMap(
    (file) =>
      readFileSync(path.join(SRC, file), 'utf8').match(/(?<=['`])(?:Expected|There is no product) [^'`]+/g) ?? [],
  )
  .filter((fault) => !NOT_OF_THE_CONSOLE.test(fault))
  // A text that is put together of others is cut where the first of them begins.
  .map((fault) => fault.replaceAll(/\$\{[^}]*\}/g, '7').replace(/\$\{[^}]*$/, '7 or 7, or one'));

/** What the API says of a customer of which nothing is right. */
const OF_A_ROW = [
  importedController.safeParse({
    externalId: 'a b',
    name: ' ',
    registrationNumber: '1'.repeat(51),
    products: ['A', 'A'],
    contacts: [
      { email: 'x', name: 'to\nlinjer', language: 'sv', mayApprove: 'måske' },
      { email: 'x', name: '\u202e', language: 'da' },
    ],
    reference: '\u200bskjult',
    metadata: { ['x'.repeat(51)]: 'EAN', '?': 'EAN' },
    termsVersions: { andet: '2026' },
  }),
  importedController.safeParse({ products: Array.from({ length: 101 }, (_, index) => `p${index}`), contacts: [] }),
].flatMap(({ error }) => inputFaults(error?.issues ?? []).map(({ message }) => message));

test.each(LANGUAGES)('every fault of a file has words of a page, and none of the API (%s)', (language) => {
  const faults = [...FAULTS, ...OF_A_ROW];
  expect(faults.length).toBeGreaterThan(30);
  const unknown = importFaultInWords('Something else', language);
  expect(faults.filter((fault) => importFaultInWords(fault, language) === unknown)).toEqual([]);
  expect(faults.filter((fault) => /[Ee]xpected/.test(importFaultInWords(fault, language)))).toEqual([]);
});

test('the words of a fault name what the API names', () => {
  expect(importFaultInWords('Expected at most 200 characters', 'da')).toBe('Det er for langt: højst 200 tegn.');
  expect(importFaultInWords('Expected at most 200 characters', 'en')).toBe('It is too long: at most 200 characters.');
  expect(importFaultInWords('Expected a column email, or one that ?columns=email:… names; found Navn', 'da')).toBe(
    'Filen mangler en kolonne, der hedder email.',
  );
});

test('every warning about customers has words that name what it names', () => {
  const codes = WARNING_CODES.slice(WARNING_CODES.indexOf('registration-number-doubtful'));
  const untold = codes.filter((code) => warningInWords({ code, message: 'English' }, 'da') === 'English');
  expect(untold).toEqual([]);
  const shared = { code: 'registration-number-shared' } as const;
  const message = 'The registration number is also that of kunde-7, kunde-8 and others';
  expect(warningInWords({ ...shared, message }, 'da')).toBe(
    'Registreringsnummeret står også hos kunde-7, kunde-8 og flere.',
  );
  expect(warningInWords({ ...shared, message }, 'en')).toBe(`${message}.`);
});
