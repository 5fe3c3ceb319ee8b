import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { instantText } from '../../src/domain/instant.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { announce, haveControllers, linkOf, notifyByLetter, withdraw } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/*
 * The public register of a database whose controllers, contacts, objections and decisions are confidential. Which data is
 * public is decided field by field in src/public-register/record.ts.
 */

const ANNOUNCED = '2026-03-02T09:00:00Z';
const NOTIFIED = '2026-03-03T11:22:33Z';
const OPEN = '2026-03-07T09:00:00Z';
/** The tables with public data. All others are confidential. */
const PUBLIC_TABLES = [
  'products',
  'register_entries',
  'changes',
  'checkpoints',
  'seal_epochs',
  'record_columns',
  'migrations',
];
const TABLES = `select tablename from pg_tables where schemaname = 'public' order by tablename`;

const ADDRESSES = ['', '.json', '.csv', '.atom'].flatMap((form) =>
  ['?lang=da', '?lang=en', '?lang=da&asOf=2026-03-05', '?lang=en&asOf=x'].map(
    (query) => `/register/truetalk${form}${query}`,
  ),
);

/** Stored statuses and kinds that are words which any page may use. */
const WORDS = new Set(['notice', 'withdrawn']);

let varsel: TestVarsel;
let pages: Pages;
let changeId: string;
let quiet: string;
let loud: string;

const everythingPublic = async () =>
  (
    await Promise.all(ADDRESSES.map(async (address) => (await pages.get(address, { 'x-request-id': 'one' })).body))
  ).join('\n');

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  pages = pagesOf(varsel);
  await haveControllers(
    varsel,
    [1, 2, 3].map((number) => aController(number)),
  );
  changeId = await announce(varsel);
  varsel.clock.set(OPEN);
  quiet = await everythingPublic();
  varsel.clock.set(NOTIFIED);
  await notifyByLetter(varsel, changeId, ['kunde-1', 'kunde-2', 'kunde-3'], '2026-03-03');
  varsel.clock.set(OPEN);
  const hostile = aController(2, {
    name: '</script>Hemmelig Kunde A/S',
    contacts: [{ email: 'hemmelig@kunde-2.example', name: '"><b>Hemmelig Person', language: 'en' }],
  });
  await haveControllers(varsel, [hostile]);
  const objectTo = async (number: number, body: object) => {
    return pages.json(await linkOf(varsel, changeId, `kunde-${number}`), body);
  };
  await objectTo(1, { reasons: 'Fortroligt: vi er midt i et udbud.', name: 'Fortrolig Underskriver' });
  await objectTo(2, { reasons: '', name: 'Ordløs Indsiger' });
  const { id } = (await objectTo(3, { reasons: 'Nordlys har mistet vores data før.' })).json();
  await pages.json(`${await linkOf(varsel, changeId, 'kunde-3')}/${id}/withdraw`, {
    explanation: 'Vi er blevet enige i fortrolighed.',
  });
  loud = await everythingPublic();
});
afterAll(() => varsel.close());

/** Every text and number in a value, however deep. */
function leaves(value: unknown): string[] {
  if (value === null || value === undefined || typeof value === 'boolean') return [];
  if (value instanceof Temporal.Instant) return [value.toString(), instantText(value)];
  if (value instanceof Temporal.PlainDate) return [value.toString()];
  if (value instanceof Buffer) return [value.toString('hex')];
  if (typeof value === 'object') return Object.values(value).flatMap(leaves);
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

describe('the public register of a product whose controllers object', () => {
  it('is the same to the byte as if nobody had been notified and nobody objected', () => {
    expect(loud).toBe(quiet);
    expect(loud).toContain('Nordlys Hosting 1 ApS');
  });

  it('has nothing of what is kept about controllers, notices, objections and decisions', async () => {
    const { pool } = varsel.database;
    const tables = (await rows<{ tablename: string }>(pool, TABLES)).map(({ tablename }) => tablename);
    const valuesOf = async (of: readonly string[]) =>
      (await Promise.all(of.map((table) => rows<object>(pool, `select * from ${table}`)))).flat().flatMap(leaves);
    const known = new Set(await valuesOf(PUBLIC_TABLES));
    const kept = await valuesOf(tables.filter((table) => !PUBLIC_TABLES.includes(table)));
    // Short values, like a status or a count, occur in any text.
    const secrets = new Set(kept.filter((value) => value.length >= 6 && !known.has(value) && !WORDS.has(value)));
    for (const secret of [
      'kunde-2',
      'hemmelig@kunde-2.example',
      'Fortroligt: vi er midt i et udbud.',
      'Ordløs Indsiger',
    ]) {
      expect([...secrets]).toContain(secret);
    }
    expect([...secrets].filter((secret) => loud.includes(secret))).toEqual([]);
    expect(loud).not.toMatch(/hemmelig|fortrolig|ordløs|kunde-|kunde 1|kunde 2/i);
  });

  it('does not say who announced or withdrew a change, how often it moved on, or why it was withdrawn', async () => {
    const contactPerson = { name: 'Signe Kontakt', email: 'signe@nordlys.example' };
    const id = await announce(varsel, {
      subProcessor: aSubProcessor(2, { contactPerson }),
      plannedActivationOn: '2026-04-15',
    });
    await withdraw(varsel, id, { da: 'Hemmelig Kunde A/S ville ikke', en: 'Hemmelig Kunde A/S would not' });
    const told = await everythingPublic();
    expect(told).toContain('Nordlys Hosting 2 ApS');
    expect(told).not.toMatch(
      /Test officer|Hemmelig|Signe|indsigelse@|"version"|deadline|controllers|objections|windows/i,
    );
  });
});
