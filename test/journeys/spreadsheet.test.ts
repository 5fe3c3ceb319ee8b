import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { oneRow } from '../../src/db/postgres.ts';
import { announceAnother } from '../support/story.ts';
import { startVarsel } from '../support/varsel.ts';

/*
 * README's way from a spreadsheet to customers: try it, mend it, import it with the hash of what was tried. `kunder.csv` is
 * what Danish Excel saves: 500 invented customers in Windows-1252.
 */

const SPREADSHEET = path.join(import.meta.dirname, '../importing/kunder.csv');

/** What an officer types into the rows that the dry run has named: how the row begins, what stands there, and what is right. */
const MENDED: readonly (readonly [beginning: string, found: string, right: string])[] = [
  ['K-1042;', 'truetalk;;', 'truetalk;dpo@groenvang.example;'],
  ['K-1043;', 'truetalk;;', 'truetalk;dpo@soenderaa.example;'],
  ['K-1060;', '9,90E+07', '99000007'],
  ['K-1061;', '99010673,00', '99010673'],
  ['K-1062;', '5,79E+12', '5790000000062'],
  ['K-1080;', '(at)', '@'],
  ['K-1081;', ', it@blaabaer.example', ''],
  ['K-1082;', ',example', '.example'],
  ['K-1083;', 'tysk', 'engelsk'],
  ['K-1084;', '#I/T', 'Åse Østergaard'],
  ['K 1085;', 'K 1085', 'K-1085'],
  ['K-1086;', ';;dpo', ';truetalk;dpo'],
  ['K-1087;', '"truetalk; truefax"', 'truetalk'],
  [';Tåstrøm', ';Tåstrøm', 'K-1088;Tåstrøm'],
  ['K-1090;Et helt', 'Et helt andet navn A/S', ''],
  ['K-1142;', 'truetalk;;', 'truetalk;dpo@groenvang.example;'],
  ['K-1160;', '9,90E+07', '99000015'],
  ['K-1162;', '5,79E+12', '5790000000162'],
  ['K-1260;', '9,90E+07', '99000023'],
  ['I alt;', 'I alt;500 kunder', ';'],
];

function mend(file: Buffer): Buffer {
  let text = file.toString('latin1');
  for (const [beginning, found, right] of MENDED) {
    const row = text.split('\r\n').find((each) => each.startsWith(beginning) && each.includes(found));
    if (row === undefined) throw new Error(`no row ${beginning} with ${found}`);
    text = text.replace(row, row.replace(found, right));
  }
  return Buffer.from(text, 'latin1');
}

test('A spreadsheet of 500 messy customers is tried, mended, tried again and imported, and every contact is told', async () => {
  const varsel = await startVarsel();
  onTestFinished(() => varsel.close());
  const change = await announceAnother(varsel);
  const send = (file: Buffer, query: string) =>
    varsel.api().post(`/v1/controllers/import${query}`).set('content-type', 'text/csv').send(file);
  const saved = () => oneRow(varsel.database.pool, 'select count(*) as controllers from controllers');
  const messy = await readFile(SPREADSHEET);

  const { body: first } = await send(messy, '?dryRun=true').expect(200);
  expect(await saved()).toEqual({ controllers: 0 });
  expect(first).toMatchObject({ dryRun: true, created: 481 });
  expect(first.sample[0].name).toBe('Havneby Tømrer- og Snedkerforretning ApS');
  const cells = first.rejected.map(({ line, externalId, errors: [error] }: (typeof first.rejected)[0]) => [
    line,
    externalId,
    error.path,
    error.found,
  ]);
  expect(cells).toEqual([
    [47, 'K-1042', 'E-mail', '[]'],
    [48, 'K-1043', 'E-mail', null],
    [66, 'K-1060', 'CVR-nr.', '9,90E+07'],
    [67, 'K-1061', 'CVR-nr.', '99010673,00'],
    [68, 'K-1062', 'metadata.EAN', '5,79E+12'],
    [87, 'K-1080', 'E-mail', 'dpo(at)havnebytoemrerogsn80.example'],
    [88, 'K-1081', 'E-mail', 'dpo@lyngsaavandvarmeas81.example, it@blaabaer.example'],
    [89, 'K-1082', 'E-mail', 'dpo@groenvangkommune82,example'],
    [90, 'K-1083', 'Sprog', 'tysk'],
    [91, 'K-1084', 'Kontakt', '#I/T'],
    [92, 'K 1085', 'Kundenummer', 'K 1085'],
    [93, 'K-1086', 'Produkter', null],
    [94, 'K-1087', 'Produkter', 'truefax'],
    [95, null, 'Kundenummer', null],
    [98, 'K-1090', 'Navn', 'Et helt andet navn A/S'],
    [153, 'K-1142', 'E-mail', '[]'],
    [172, 'K-1160', 'CVR-nr.', '9,90E+07'],
    [174, 'K-1162', 'metadata.EAN', '5,79E+12'],
    [277, 'K-1260', 'CVR-nr.', '9,90E+07'],
    [529, 'I alt', 'Produkter', null],
  ]);

  const mended = mend(messy);
  const { body: second } = await send(mended, '?dryRun=true').expect(200);
  expect(second).toMatchObject({ created: 500, updated: 0, rejected: [] });
  const codes = Map.groupBy(second.warnings, ({ code }: { code: string }) => code);
  expect(Object.fromEntries([...codes].map(([code, warnings]) => [code, warnings.length]))).toEqual({
    'column-unknown': 1,
    'row-repeated': 8,
    'registration-number-doubtful': 9,
    'registration-number-shared': 2,
    'external-id-similar': 4,
  });

  expect((await send(messy, `?hash=${second.hash}`)).body.code).toBe('import-outdated');
  const { body: done } = await send(mended, `?hash=${second.hash}`).expect(200);
  expect(done).toEqual({ ...second, dryRun: false });
  expect(await saved()).toEqual({ controllers: 500 });
  const told =
    'select count(*) as mails, count(distinct controller_id) as controllers from messages where change_id = $1';
  expect(await oneRow(varsel.database.pool, told, [change])).toEqual({ mails: second.mails, controllers: 500 });
  const { body: shown } = await varsel.api('reader').get('/v1/controllers/K-1020');
  expect(shown.contacts).toHaveLength(2);
  expect((await send(mended, '')).body).toMatchObject({ created: 0, updated: 0, unchanged: 500, mails: 0 });
});
