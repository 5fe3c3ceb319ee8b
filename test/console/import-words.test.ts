import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importFaultInWords } from '../../src/console/customers/import-fault-words.ts';
import { warningInWords } from '../../src/console/customers/warning-words.ts';
import { WARNING_CODES } from '../../src/domain/warning.ts';

/* What is wrong with a file of customers is told in Danish, too. */

const SRC = path.resolve(import.meta.dirname, '../../src');
const IMPORTING = readdirSync(path.join(SRC, 'importing')).map((name) => `importing/${name}`);
/** Of requests that the console does not make. */
const NOT_OF_THE_CONSOLE = /dry run|NDJSON/;

/** What the sources say of faults of a file, with a number for what is found. */
const FAULTS = [...IMPORTING, 'api/controllers.ts', 'api/controller-import.ts']
  .flatMap(
    (file) =>
      readFileSync(path.join(SRC, file), 'utf8').match(/(?<=['`])(?:Expected|There is no product) [^'`]+/g) ?? [],
  )
  .filter((fault) => !NOT_OF_THE_CONSOLE.test(fault))
  // A text that is put together of others is cut where the first of them begins.
  .map((fault) => fault.replaceAll(/\$\{[^}]*\}/g, '7').replace(/\$\{[^}]*$/, '7 or 7, or one'));

test('every fault of a file has words of its own, and English is as the API says it, as a sentence', () => {
  expect(FAULTS.length).toBeGreaterThan(15);
  const unknown = importFaultInWords('Something else', 'da');
  expect(unknown).toBe('Det kan ikke bruges, som det står.');
  expect(FAULTS.filter((fault) => importFaultInWords(fault, 'da') === unknown)).toEqual([]);
  expect(importFaultInWords('Expected ja or nej', 'en')).toBe('Expected ja or nej.');
  expect(importFaultInWords('Expected at most 200 characters', 'da')).toBe('Det er for langt: højst 200 tegn.');
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
